/** Counts what a test run found, and how long its steps took. */
export class Tally {
  passed = 0;
  failed = 0;
  skipped = [];
  notes = [];
  /** [name, seconds] in the order of their ends. */
  steps = [];
  files = [];

  pass() {
    this.passed += 1;
  }

  fail(note, count = 1) {
    this.failed += count;
    this.notes.push(note);
  }

  took(step, seconds) {
    this.steps.push([step, seconds]);
  }

  /** Counts a run of Jest, see `runJest`. */
  addJest(name, run) {
    this.took(name, run.seconds);
    this.files.push(...run.files);
    if (run.timedOut) this.#addTimeout(name, run);
    else if (run.report) this.#addReport(name, run);
    else this.fail(`${name}: Jest left no report`);
  }

  #addTimeout(name, { files, fileCount, seconds }) {
    const ended = files.filter((file) => file.ended);
    for (const { passed } of ended) this.passed += passed;
    for (const { path, failed } of ended)
      if (failed > 0) this.fail(`${name}: ${path}: ${failed} failed`, failed);
    const running = files.filter((file) => !file.ended).map(({ project, path }) => `${project}: ${path}`);
    this.fail(
      [
        `${name}: killed after ${seconds} s, when ${ended.length} of ${fileCount} files had ended.`,
        running.length > 0 ? `These had not: ${running.join(", ")}` : "None was running.",
      ].join(" "),
    );
  }

  #addReport(name, { report, succeeded }) {
    const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
    this.passed += report.numPassedTests;
    this.skipped.push(...skippedTests(report).map((test) => `${name}: ${test}`));
    if (failed > 0) this.fail(`${name}: ${failed} failed`, failed);
    else if (report.numPassedTests === 0) this.fail(`${name}: no test ran`);
    else if (!succeeded) this.fail(`${name}: Jest failed although no test did`);
  }

  /** Returns the lines that end a run; the last is `N passed, N failed`. */
  summary({ skippedCountAsFailed }) {
    const skipped = this.skipped.map((name) => `skipped: ${name}`);
    if (skippedCountAsFailed && skipped.length > 0) {
      this.fail(`${skipped.length} skipped, which counts as failed where CI is set`, skipped.length);
    }
    const alsoSkipped = !skippedCountAsFailed && skipped.length > 0 ? `, ${skipped.length} skipped` : "";
    return [
      ...this.#durations(),
      ...skipped,
      ...this.notes,
      `${this.passed} passed, ${this.failed} failed${alsoSkipped}`,
    ];
  }

  #durations() {
    const slowest = this.files
      .filter(({ seconds }) => seconds !== undefined)
      .sort((a, b) => b.seconds - a.seconds)
      .slice(0, 10);
    return [
      `seconds: ${this.steps.map(([step, seconds]) => `${step} ${seconds}`).join("; ")}`,
      ...(slowest.length > 0
        ? [`slowest files: ${slowest.map(({ path, seconds }) => `${path} ${seconds}`).join("; ")}`]
        : []),
    ];
  }
}

function skippedTests(report) {
  return report.testResults
    .flatMap((suite) => suite.assertionResults)
    .filter(({ status }) => !["passed", "failed"].includes(status))
    .map(({ fullName }) => fullName);
}
