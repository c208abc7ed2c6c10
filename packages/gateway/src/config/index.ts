/**
 * How a file of settings is read, for whatever has one: each setting with its line, and what a misspelt name was meant
 * to be.
 *
 * @module
 */
export { ConfigError, type ConfigErrorCode } from '../errors.ts'
export { findNearestName } from './nearest-name.ts'
export type { SettingPath } from './settings-faults.ts'
export type { SettingsSource } from './settings-tree.ts'
export { readYamlFile } from './yaml-file.ts'
