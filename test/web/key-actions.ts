import assert from 'node:assert/strict'
import { aroundActions, crowdActions, doorActions, phoneActions, tableActions } from './key-actions-around.ts'
import { consoleActions } from './key-actions-console.ts'
import { guestActions, hostActions, settingsActions, troubledActions } from './key-actions-deeds.ts'
import { drillScene, reportScene } from './key-actions-reports.ts'
import {
  crowd,
  failingOffice,
  healthyOffice,
  type KeyScene,
  officeWithScreen,
  runningOffice,
  stoppedOffice,
  troubledOffice,
} from './key-scenes.ts'
import { becomes } from './keyboard.ts'

/** Every action of the console, by keyboard. What is missing here is found by key-actions.test.ts. */
export const keyScenes: readonly KeyScene[] = [
  { name: 'guests of one host', daemon: runningOffice, actions: guestActions },
  {
    name: 'a guest that failed',
    daemon: failingOffice,
    actions: [
      {
        does: 'the failures of a guest are forgotten',
        covers: ['do-clear', 'api.clear'],
        run: async (keys, daemon) => {
          await keys.at('/guests/dns')
          await keys.press(keys.button('Forget failures'))
          await becomes(() => daemon.wish('dns').clears, true)
        },
      },
    ],
  },
  {
    name: 'a task',
    daemon: stoppedOffice,
    actions: [
      {
        does: 'a task is taken back',
        covers: ['api.cancelTask', 'parts/task-line.tsx', 'app/task-drawer.tsx'],
        run: async (keys) => {
          await keys.at('/guests/monitor')
          await keys.press(keys.button('Launch'))
          const drawer = keys.page.getByRole('region', { name: 'Tasks' })
          await keys.press(keys.button('Tasks', drawer))
          await keys.press(keys.button('Cancel', drawer).first())
          await drawer.getByText('cancelled').first().waitFor({ timeout: 15_000 })
        },
      },
    ],
  },
  { name: 'hosts that are well', daemon: healthyOffice, actions: hostActions },
  { name: 'hosts in trouble', daemon: troubledOffice, actions: troubledActions },
  { name: 'settings', daemon: runningOffice, actions: settingsActions },
  {
    name: 'what is round every page',
    options: { forgives: /dynamically imported module/ },
    daemon: runningOffice,
    actions: aroundActions,
  },
  { name: 'tables and lists', daemon: runningOffice, actions: tableActions },
  { name: 'more than a page shows', daemon: crowd, actions: crowdActions },
  { name: 'on a phone', options: { width: 360, height: 740 }, daemon: runningOffice, actions: phoneActions },
  { name: 'at the door', options: { outside: true }, daemon: runningOffice, actions: doorActions },
  reportScene,
  drillScene,
  { name: 'consoles', daemon: officeWithScreen, actions: consoleActions },
]

assert.equal(new Set(keyScenes.map(({ name }) => name)).size, keyScenes.length)
