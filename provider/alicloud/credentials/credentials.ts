import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import type { CredentialsSource, Environment } from "../settings";
import { boundedProvider } from "./boundedProvider";
import { Chain, type ChainParts, type Provider } from "./chain";
import { CredentialsFailure } from "./failure";
import { boundedRequester, isSafe, plainHttp, type LibraryRequester } from "./request";
import { silenceDebug } from "../silenceDebug";

type Library = Awaited<ReturnType<typeof loadLibrary>>;

/** The machine, as far as the chain examines it. */
export interface Machine {
  /** The user's home folder, if there is one. */
  readonly home: string | undefined;
  /** Returns whether a file exists. */
  has(file: string): boolean;
  /** Whether it is an instance of the vendor's Elastic Compute Service (ECS). */
  readonly isEcs: boolean;
}

export interface ChainOptions extends Omit<ChainParts, "links"> {
  /** The environment of this process: the library reads that in any case. */
  readonly env: Environment;
  /** Default: this machine. */
  readonly machine?: Machine;
  /** Default: {@link boundedRequester}. */
  readonly request?: LibraryRequester;
  /** Time for a link to give credentials, in ms. Default: 75 s. */
  readonly linkMs?: number;
}

/** Default time for a link, in ms. The library gives an external command one minute. */
const defaultLinkMs = 75_000;

/** A place that the library can read. */
interface LibraryLink {
  readonly name: string;
  /** Returns why the link does not apply, or undefined if it does. */
  absence(env: Environment, machine: Machine): string | undefined;
  provider(library: Library, env: Environment): Provider;
}

const cliFile = ".aliyun/config.json";
const iniFile = ".alibabacloud/credentials";

/**
 * Links in the order of the library's own default chain. Its first link, the environment, is read
 * before the chain.
 */
const libraryLinks: readonly LibraryLink[] = [
  {
    name: "the OIDC role of ALIBABA_CLOUD_ROLE_ARN",
    absence: (env) =>
      describeUnset(
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
      describeSwitch(env, "ALIBABA_CLOUD_CLI_PROFILE_DISABLED") ?? describeMissingFile(machine, cliFile),
    provider: (library) => library.CLIProfileCredentialsProvider.builder().build(),
  },
  {
    name: `the credentials file (ALIBABA_CLOUD_CREDENTIALS_FILE, ~/${iniFile})`,
    absence: ({ ALIBABA_CLOUD_CREDENTIALS_FILE: file }, machine) => {
      if (!file) return describeMissingFile(machine, iniFile);
      return machine.has(file) ? undefined : "the named file does not exist";
    },
    provider: (library) => library.ProfileCredentialsProvider.builder().build(),
  },
  {
    name: "the role of the ECS instance",
    absence: (env, { isEcs }) => {
      const off = describeSwitch(env, "ALIBABA_CLOUD_ECS_METADATA_DISABLED");
      if (off !== undefined || env["ALIBABA_CLOUD_ECS_METADATA"] || isEcs) return off;
      return "ALIBABA_CLOUD_ECS_METADATA is not set, and this machine is not an ECS instance";
    },
    provider: (library) => library.ECSRAMRoleCredentialsProvider.builder().build(),
  },
  {
    name: "the server of ALIBABA_CLOUD_CREDENTIALS_URI",
    absence: (env) => describeUnset(env, "ALIBABA_CLOUD_CREDENTIALS_URI"),
    provider: (library, { ALIBABA_CLOUD_CREDENTIALS_URI: uri = "" }) => {
      // With any other text, the library would ask a server on localhost.
      if (!URL.canParse(uri) || !/^https?:/i.test(uri))
        throw new CredentialsFailure("it is not an http or https URL");
      if (!isSafe(new URL(uri))) throw new CredentialsFailure(plainHttp);
      return library.URICredentialsProvider.builder().withCredentialsURI(uri).build();
    },
  },
];

/**
 * Returns the last source of credentials: the default chain of the vendor's library, link by link.
 *
 * The library's own messages are never shown, since they quote whole configuration files and
 * answers.
 */
export function chainedCredentials({
  machine = examineMachine(),
  request,
  linkMs = defaultLinkMs,
  ...parts
}: ChainOptions): CredentialsSource {
  const { env } = parts;
  const ask = request ?? boundedRequester(env);
  const links = libraryLinks.map(({ name, absence, provider }) => ({
    name,
    absence: () => absence(env, machine),
    open: async () => boundedProvider(provider(await loadLibrary(), env), ask, linkMs),
  }));
  return new Chain({ ...parts, links });
}

function describeUnset(env: Environment, ...names: readonly string[]): string | undefined {
  const unset = names.filter((name) => !env[name]);
  if (unset.length === 0) return undefined;
  return `${unset.join(", ")} ${unset.length === 1 ? "is" : "are"} not set`;
}

function describeSwitch(env: Environment, name: string): string | undefined {
  return env[name]?.toLowerCase() === "true" ? `switched off by ${name}` : undefined;
}

function describeMissingFile({ home, has }: Machine, file: string): string | undefined {
  if (home === undefined) return "there is no home folder";
  return has(path.join(home, file)) ? undefined : "there is no such file";
}

/** Loads the library. Most runs do not need it, since their credentials come from elsewhere. */
async function loadLibrary() {
  try {
    silence();
    return await import("@alicloud/credentials");
  } catch {
    throw new CredentialsFailure("the package @alicloud/credentials cannot be loaded");
  }
}

/** Silences the debug output of the library and of httpx, since it holds credentials. */
function silence(): void {
  silenceDebug("@alicloud/credentials");
  silenceDebug("@alicloud/credentials", "httpx");
}

function examineMachine(): Machine {
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
      return ["sys_vendor", "product_name"].some((file) => readFirmware(file).startsWith("Alibaba Cloud"));
    },
  };
}

/** Returns the name that the firmware gives the machine; empty where it cannot be read. */
function readFirmware(file: string): string {
  try {
    return readFileSync(`/sys/class/dmi/id/${file}`, "utf8");
  } catch {
    return "";
  }
}
