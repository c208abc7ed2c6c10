import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { resolveStore } from './store-settings.ts'

it.each([
  ['linux', { HOME: '/home/ann' }, '/home/ann/.local/share/countersign'],
  ['linux', { HOME: '/home/ann', XDG_DATA_HOME: '/data' }, '/data/countersign'],
  ['linux', { HOME: '/home/ann', XDG_DATA_HOME: 'data' }, '/home/ann/.local/share/countersign'],
  ['linux', { HOME: '/home/ann', LOCALAPPDATA: '/local' }, '/home/ann/.local/share/countersign'],
  ['win32', { HOME: '/home/ann', LOCALAPPDATA: '/local', XDG_DATA_HOME: '/data' }, '/local/countersign'],
  ['win32', { HOME: '/home/ann' }, '/home/ann/AppData/Local/countersign'],
  ['linux', {}, join(homedir(), '.local/share/countersign')],
])('on %s with %j the keys are in %s', (platform, environment, folder) => {
  expect(resolveStore({}, environment, platform)).toEqual({
    file: join(folder, 'keys.db'),
    masterKeyFile: join(folder, 'master.key'),
  })
})

it('what is given goes before the environment, and that before the default', () => {
  const environment = { COUNTERSIGN_STORE: '/e/k.db', COUNTERSIGN_MASTER_KEY_FILE: '/e/m' }
  const given = { file: 'g/k.db', masterKeyFile: '/g/m' }
  expect(resolveStore(given, environment)).toEqual({ file: resolve('g/k.db'), masterKeyFile: '/g/m' })
  expect(resolveStore({}, environment)).toEqual({ file: '/e/k.db', masterKeyFile: '/e/m' })
  expect(resolveStore({ file: '/g/k.db' }, { COUNTERSIGN_STORE: '/e/k.db' })).toEqual({
    file: '/g/k.db',
    masterKeyFile: '/g/master.key',
  })
})
