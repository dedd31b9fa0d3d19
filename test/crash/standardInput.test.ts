import { ds, record, type World } from "../endToEnd/world";
import { untilNone } from "../harness/leftovers";
import { RunningCommand } from "../harness/runningCommand";
import { arrival, inFreshWorld, orphanMs } from "./crash";
import { interruptions } from "./interruptions";

jest.setTimeout(240_000);

const detail = "QueryTaskDetailList";

/** Ways in which a shell sets the CLI's standard input. */
const inputs: [string, string][] = [
  ["/dev/null", "</dev/null"],
  ["closed", "<&-"],
  ["a pipe that is at its end", "< <(:)"],
];

function startUp({ project }: World, redirection: string): RunningCommand {
  const script = `exec pulumi up --yes --skip-preview --non-interactive --color never ${redirection}`;
  const { programDirectory: cwd, env } = project;
  return new RunningCommand("bash", ["-c", script], { cwd, env });
}

describe("a CLI whose standard input is", () => {
  test.concurrent.each(inputs)(
    "%s: its provider becomes an orphan only when the CLI is killed",
    async (_, redirection) => {
      await inFreshWorld({ live: [] }, async (world) => {
        const { declare, emulator, project, submissions } = world;
        declare({ ksk: record(ds(1)) });
        emulator.holdTasks();
        const up = startUp(world, redirection);
        await emulator.waitForCall(detail, { count: 3 });
        emulator.releaseTasks();
        expect(await up.waitForExit()).toEqual({ code: 0, signal: null });

        emulator.holdTasks();
        declare({ ksk: record(ds(1, "f")) });
        const held = emulator.holdAnswer(detail);
        const killed = startUp(world, redirection);
        await arrival(held, killed);
        await interruptions.cli.strike(killed, project);
        await untilNone(() => project.providerProcesses(), orphanMs);
        const last = await held.ended;
        expect(emulator.journal.at(-1)).toEqual(last);
        expect(submissions()).toEqual(["Adding 1", "Modifying 1"]);
      });
    },
  );
});
