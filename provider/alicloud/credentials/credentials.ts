import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import type { CredentialsSource, Environment } from "../../config";
import { boundedProvider } from "./boundedProvider";
import { Chain, type ChainParts, type Provider } from "./chain";
import { CredentialsFailure } from "./failure";
import { boundedRequester, isSafe, plainHttp, type LibraryRequester } from "./request";
import { silenceDebug } from "../silenceDebug";

type Library = Awaited<ReturnType<typeof loaded>>;

/** What there is to find credentials with. */
export interface Machine {
  /** The user's home folder, if there is one. */
  readonly home: string | undefined;
  has(file: string): boolean;
  /** Whether it is an instance of the vendor's Elastic Compute Service. */
  readonly isEcs: boolean;
}

export interface ChainOptions extends Omit<ChainParts, "links"> {
  /** The process's own: the library reads that in any case. */
  readonly env: Environment;
  /** By default this one. */
  readonly machine?: Machine;
  /** By default a bounded one. */
  readonly request?: LibraryRequester;
  /** Time that a link has to give credentials, in ms. */
  readonly linkMs?: number;
}

/** An external command has a minute, by the library. */
const defaultLinkMs = 75_000;

/** One of the library's places. */
interface LibraryLink {
  readonly name: string;
  absence(env: Environment, machine: Machine): string | undefined;
  provider(library: Library, env: Environment): Provider;
}

const cliFile = ".aliyun/config.json";
const iniFile = ".alibabacloud/credentials";

/** In the order of the library's own default chain, whose first link, the environment, is looked at before all of these. */
const libraryLinks: readonly LibraryLink[] = [
  {
    name: "the OIDC role of ALIBABA_CLOUD_ROLE_ARN",
    absence: (env) =>
      notSet(
        env,
        "ALIBABA_CLOUD_ROLE_ARN",
        "ALIBABA_CLOUD_OIDC_PROVIDER_ARN",
        "ALIBABA_CLOUD_OIDC_TOKEN_FILE",
      ),
    provider: (library) => library.OIDCRoleArnCredentialsProvider.builder().build(),
  },
  {
    name: `the CLI profile in ~/${cliFile}`,
    absence: (env, machine) =>
      switchedOff(env, "ALIBABA_CLOUD_CLI_PROFILE_DISABLED") ?? noFile(machine, cliFile),
    provider: (library) => library.CLIProfileCredentialsProvider.builder().build(),
  },
  {
    name: `the credentials file (ALIBABA_CLOUD_CREDENTIALS_FILE, ~/${iniFile})`,
    absence: ({ ALIBABA_CLOUD_CREDENTIALS_FILE: file }, machine) => {
      if (!file) return noFile(machine, iniFile);
      return machine.has(file) ? undefined : "the file that is named does not exist";
    },
    provider: (library) => library.ProfileCredentialsProvider.builder().build(),
  },
  {
    name: "the role of the ECS instance",
    absence: (env, { isEcs }) => {
      const off = switchedOff(env, "ALIBABA_CLOUD_ECS_METADATA_DISABLED");
      if (off !== undefined || env["ALIBABA_CLOUD_ECS_METADATA"] || isEcs) return off;
      return "ALIBABA_CLOUD_ECS_METADATA is not set, and this machine is no ECS instance";
    },
    provider: (library) => library.ECSRAMRoleCredentialsProvider.builder().build(),
  },
  {
    name: "the server of ALIBABA_CLOUD_CREDENTIALS_URI",
    absence: (env) => notSet(env, "ALIBABA_CLOUD_CREDENTIALS_URI"),
    provider: (library, { ALIBABA_CLOUD_CREDENTIALS_URI: uri = "" }) => {
      // The library takes anything, and would ask a server on localhost.
      if (!URL.canParse(uri) || !/^https?:/i.test(uri))
        throw new CredentialsFailure("it is no http or https URL");
      if (!isSafe(new URL(uri))) throw new CredentialsFailure(plainHttp);
      return library.URICredentialsProvider.builder().withCredentialsURI(uri).build();
    },
  },
];

/**
 * The last place that credentials can come from: the chain of the vendor's library, link by link.
 *
 * Nothing that the library says is shown: it quotes configuration files and answers whole.
 */
export function chainedCredentials({
  machine = thisMachine(),
  request,
  linkMs = defaultLinkMs,
  ...parts
}: ChainOptions): CredentialsSource {
  const { env } = parts;
  const ask = request ?? boundedRequester(env);
  const links = libraryLinks.map(({ name, absence, provider }) => ({
    name,
    absence: () => absence(env, machine),
    open: async () => boundedProvider(provider(await loaded(), env), ask, linkMs),
  }));
  return new Chain({ ...parts, links });
}

function notSet(env: Environment, ...names: readonly string[]): string | undefined {
  const unset = names.filter((name) => !env[name]);
  if (unset.length === 0) return undefined;
  return `${unset.join(", ")} ${unset.length === 1 ? "is" : "are"} not set`;
}

function switchedOff(env: Environment, name: string): string | undefined {
  return env[name]?.toLowerCase() === "true" ? `switched off by ${name}` : undefined;
}

function noFile({ home, has }: Machine, file: string): string | undefined {
  if (home === undefined) return "there is no home folder";
  return has(path.join(home, file)) ? undefined : "there is no such file";
}

/** Not before it is needed: most runs have their credentials from elsewhere. */
async function loaded() {
  try {
    silence();
    return await import("@alicloud/credentials");
  } catch {
    throw new CredentialsFailure("the package @alicloud/credentials cannot be loaded");
  }
}

/** Both print credentials: what they sign and what they get. */
function silence(): void {
  silenceDebug("@alicloud/credentials");
  silenceDebug("@alicloud/credentials", "httpx");
}

function thisMachine(): Machine {
  return {
    get home() {
      try {
        return homedir();
      } catch {
        return undefined;
      }
    },
    has: existsSync,
    get isEcs() {
      return ["sys_vendor", "product_name"].some((file) => firmware(file).startsWith("Alibaba Cloud"));
    },
  };
}

/** What the firmware calls the machine; empty where it cannot be read. */
function firmware(file: string): string {
  try {
    return readFileSync(`/sys/class/dmi/id/${file}`, "utf8");
  } catch {
    return "";
  }
}
