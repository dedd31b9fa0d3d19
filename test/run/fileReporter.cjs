"use strict";

const { appendFileSync } = require("node:fs");

/**
 * A reporter of Jest that writes down every test file's start and end at once, in the file
 * `$TEST_FILE_LOG`: after a run that had to be killed, it tells which files had not ended.
 */
module.exports = class FileReporter {
  onRunStart({ numTotalTestSuites }) {
    this.#write({ event: "run", files: numTotalTestSuites });
  }

  onTestFileStart(test) {
    this.#write({ event: "start", ...nameOf(test) });
  }

  onTestFileResult(test, { numPassingTests, numFailingTests, perfStats }) {
    this.#write({
      event: "end",
      ...nameOf(test),
      passed: numPassingTests,
      failed: numFailingTests,
      seconds: Math.round((perfStats.end - perfStats.start) / 1000),
    });
  }

  #write(entry) {
    appendFileSync(process.env.TEST_FILE_LOG, `${JSON.stringify(entry)}\n`);
  }
};

function nameOf({ path, context }) {
  return { path, project: context.config.displayName.name };
}
