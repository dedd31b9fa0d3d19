import { killProcess } from "../harness/leftovers";
import type { PulumiProject } from "../harness/pulumiCli";
import type { RunningCommand } from "../harness/runningCommand";

/** A way to end a command early. */
export interface Interruption {
  readonly name: string;
  /** The provider's process outlives the CLI and has to notice that. */
  readonly orphans?: true;
  /** The running operation is allowed to end. */
  readonly lets?: true;
  /** Resolves when it has struck. */
  readonly strike: (command: RunningCommand, project: PulumiProject) => Promise<unknown>;
}

/** A terminal sends the signal to the CLI's whole process group. Each plugin has its own group. */
async function cancelWith(command: RunningCommand, signals: readonly NodeJS.Signals[]): Promise<void> {
  for (const [index, signal] of signals.entries()) {
    command.signalGroup(signal);
    if (index === 0) await command.waitForOutput(/received; cancelling/);
    else await command.waitForExit();
  }
}

function killProviders(project: PulumiProject): void {
  for (const { pid } of project.providerProcesses()) killProcess(pid);
}

async function end(command: RunningCommand, signal: NodeJS.Signals): Promise<void> {
  command.signalGroup(signal);
  await command.waitForExit();
}

export type InterruptionName =
  "cli" | "hangUp" | "provider" | "both" | "once" | "terminate" | "twice" | "ciJob";

export const interruptions: Readonly<Record<InterruptionName, Interruption>> = {
  cli: {
    name: "`kill -9` of the CLI",
    orphans: true,
    strike: (command) => end(command, "SIGKILL"),
  },
  hangUp: {
    name: "SIGHUP: the terminal is closed",
    orphans: true,
    strike: (command) => end(command, "SIGHUP"),
  },
  provider: {
    name: "`kill -9` of the provider's process",
    strike: (command, project) => {
      killProviders(project);
      return command.waitForExit();
    },
  },
  both: {
    name: "`kill -9` of both",
    strike: (command, project) => {
      killProviders(project);
      return end(command, "SIGKILL");
    },
  },
  once: {
    name: "Ctrl-C once",
    lets: true,
    strike: (command) => cancelWith(command, ["SIGINT"]),
  },
  terminate: {
    name: "SIGTERM once",
    lets: true,
    strike: (command) => cancelWith(command, ["SIGTERM"]),
  },
  twice: {
    name: "Ctrl-C twice",
    strike: (command) => cancelWith(command, ["SIGINT", "SIGINT"]),
  },
  ciJob: {
    name: "SIGINT, then SIGTERM: a cancelled CI job",
    strike: (command) => cancelWith(command, ["SIGINT", "SIGTERM"]),
  },
};
