import { startEmulator, type Emulator, type EmulatorDns } from "../emulator/index";
import { type Command, type CommandIo } from "./command";
import { formatInstructions } from "./emulatorInstructions";
import { readOptions, usage, type InitialRecord } from "./emulatorOptions";

/** `pulumi-alicloud-dnssec emulator`: runs until it is stopped. */
export const emulator: Command = { usage, run };

async function run(args: readonly string[], io: CommandIo): Promise<number> {
  const commandLine = readOptions(args);
  if (commandLine === "help") {
    io.out(usage);
    return 0;
  }
  const { options, domains, records } = commandLine;
  const started = await startEmulator({ ...options, domains });
  try {
    const dns = options.dns && started.dns;
    for (const record of records) addRecord(started, record, dns);
    io.out(formatInstructions(started, domains, dns));
    await waitForAbort(io.stop);
  } finally {
    await started.close();
  }
  return 0;
}

function addRecord(started: Emulator, { domain, ds }: InitialRecord, dns: EmulatorDns | undefined): void {
  const record = ds ?? dns?.zone(domain).dsRecord();
  if (!record) throw new Error(`There is no zone with a key for ${domain}.`);
  const others = started.records(domain).filter(({ keyTag }) => keyTag !== record.keyTag);
  started.setRecords(domain, [...others, record]);
}

function waitForAbort(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => {
      resolve();
    });
  });
}
