/**
 * A reporter for vitest that leaves a summary in the file that `COUNTERSIGN_TEST_SUMMARY` names. `test.mjs` prints it
 * once vitest has ended, because nothing that runs inside of vitest can be sure to print last.
 */
import { writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import { root } from './project.mjs'

/** @typedef {{ passed: number, failed: number, skipped: { file: string, name: string, reason: string }[] }} Summary */

/** @param {readonly import('vitest/node').TestModule[]} modules @param {readonly unknown[]} errors @returns {Summary} */
export function summarize(modules, errors) {
  /** @type {Summary} */
  const summary = { passed: 0, failed: errors.length, skipped: [] }
  for (const module of modules) {
    const suites = [...module.children.allSuites()]
    // A file that cannot be imported and a suite whose hook throws have no failed test to show for it.
    summary.failed += [module, ...suites].filter((each) => each.errors().length > 0).length
    for (const test of module.children.allTests()) {
      const result = test.result()
      if (result.state === 'passed') summary.passed += 1
      else if (result.state === 'failed') summary.failed += 1
      else {
        const reason = result.state === 'skipped' ? (result.note ?? '') : 'did not run'
        summary.skipped.push({ file: relative(root, module.moduleId), name: test.fullName, reason })
      }
    }
  }
  return summary
}

export default class SummaryReporter {
  /** @param {readonly import('vitest/node').TestModule[]} modules @param {readonly unknown[]} errors */
  onTestRunEnd(modules, errors) {
    const file = process.env['COUNTERSIGN_TEST_SUMMARY']
    if (file !== undefined) writeFileSync(file, JSON.stringify(summarize(modules, errors)))
  }
}
