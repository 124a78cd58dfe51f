import assert from 'node:assert/strict'
import { storeKeys } from '../../src/ports/store.ts'
import type { ConsoleDaemon } from './console-daemon.ts'
import type { KeyAction } from './key-scenes.ts'
import { becomes } from './keyboard.ts'

const value = (daemon: ConsoleDaemon, key: string): Record<string, unknown> | null => {
  const [entry] = daemon.store.snapshot(key).entries
  return entry === undefined ? null : (JSON.parse(entry.value) as Record<string, unknown>)
}

const hostWish = (daemon: ConsoleDaemon, host: string): Record<string, unknown> =>
  value(daemon, storeKeys.hostWish(host)) ?? {}

/** Before guests of which all are ready. */
export const guestActions: readonly KeyAction[] = [
  {
    does: 'a guest is shut down, and what becomes of those that need it is chosen',
    covers: [
      ...['do-shutdown', 'api.shutdown', 'dialog shutdown', 'dialogs/shutdown-dialog.tsx', 'dialogs/frame.tsx'],
      'actions/action-list.tsx',
    ],
    run: async (keys, daemon) => {
      await keys.at('/guests/web')
      await keys.press(keys.button('Shut down'))
      await keys.to(keys.dialog.getByRole('radio', { name: 'Shut them down first, in order' }))
      await keys.page.keyboard.press('ArrowDown')
      await keys.dialog.getByText('vigia shutdown web --force').waitFor()
      await keys.page.keyboard.press('ArrowUp')
      await keys.dialog.getByText('vigia shutdown web --dependents').waitFor()
      await keys.press(keys.button('Not now', keys.dialog))
      await keys.dialog.waitFor({ state: 'detached' })
      assert.equal(daemon.wish('web').state, null)
      await keys.press(keys.button('Shut down'))
      await keys.confirm('Shut down')
      await becomes(() => [daemon.wish('web').state, daemon.wish('monitor').state], ['stopped', 'stopped'])
    },
  },
  {
    does: 'a guest is launched',
    covers: ['do-launch', 'api.launch'],
    run: async (keys, daemon) => {
      await keys.at('/guests/monitor')
      await keys.press(keys.button('Launch'))
      await becomes(() => [daemon.wish('web').state, daemon.wish('monitor').state], [null, null])
      await becomes(() => daemon.world.phase('monitor'), 'ready')
    },
  },
  {
    does: 'a guest is paused',
    covers: ['do-pause', 'api.pause'],
    run: async (keys, daemon) => {
      await keys.at('/guests/monitor')
      await keys.press(keys.button('Pause'))
      await becomes(() => daemon.wish('monitor').pausedByHand, true)
    },
  },
  {
    does: 'and resumed',
    covers: ['do-resume', 'api.resume'],
    run: async (keys, daemon) => {
      await keys.press(keys.button('Resume'))
      await becomes(() => daemon.wish('monitor').pausedByHand, false)
    },
  },
  {
    does: 'a guest is no longer watched',
    covers: ['do-watch-off', 'api.watch'],
    run: async (keys, daemon) => {
      await keys.at('/guests/reports')
      await keys.press(keys.button('Do not watch'))
      await becomes(() => daemon.wish('reports').watch, false)
    },
  },
  {
    does: 'and watched again',
    covers: ['do-watch-on', 'api.watch'],
    run: async (keys, daemon) => {
      await keys.press(keys.button('Watch'))
      await becomes(() => daemon.wish('reports').watch, true)
    },
  },
  {
    does: 'a guest is given more memory, and then what the file says',
    covers: ['do-memory', 'api.memory', 'dialog memory', 'dialogs/memory-dialog.tsx'],
    run: async (keys, daemon) => {
      await keys.at('/guests/dns')
      await keys.press(keys.button('Change memory'))
      await keys.fill(keys.dialog.getByLabel('Memory in MiB'), '768')
      await keys.confirm('Change memory')
      await becomes(() => daemon.wish('dns').memoryMib, 768)
      await keys.press(keys.button('Change memory'))
      await keys.press(keys.dialog.getByRole('checkbox', { name: 'as the cluster file says' }), 'Space')
      await keys.confirm('Change memory')
      await becomes(() => daemon.wish('dns').memoryMib, null)
    },
  },
  {
    does: 'hands are taken off a guest',
    covers: ['do-unmanage', 'api.unmanage', 'dialog unmanage', 'dialogs/confirm-dialog.tsx'],
    run: async (keys, daemon) => {
      await keys.at('/guests/reports')
      await keys.press(keys.button('Unmanage'))
      await keys.confirm('Unmanage')
      await becomes(() => daemon.wish('reports').state, 'ignored')
    },
  },
]

/** Before three hosts that are well. */
export const hostActions: readonly KeyAction[] = [
  {
    does: 'a guest is moved to a host that was chosen',
    covers: ['do-migrate', 'api.migrate', 'dialog migrate', 'dialogs/migrate-dialog.tsx'],
    run: async (keys, daemon) => {
      await keys.at('/guests/mail')
      await keys.press(keys.button('Move'))
      await keys.pick(keys.dialog.getByRole('combobox', { name: 'To' }), 'h3')
      await keys.press(keys.dialog.getByRole('checkbox', { name: 'stop here, start there' }), 'Space')
      await keys.dialog.getByText('vigia migrate mail --to h3 --cold').waitFor()
      await keys.page.keyboard.press('Space')
      await keys.confirm('Move')
      await becomes(() => daemon.wish('mail').move?.to, 'h3')
    },
  },
  {
    does: 'the maintenance of a host begins',
    covers: [
      'do-maintenance-on',
      'api.maintenance',
      'dialog maintenance',
      'pages/host-page.tsx',
      'dialogs/maintenance-dialog.tsx',
    ],
    run: async (keys, daemon) => {
      await keys.at('/hosts/h1')
      await keys.press(keys.button('Begin maintenance'))
      await keys.confirm('Begin maintenance')
      await becomes(() => hostWish(daemon, 'h1').maintenance, true)
    },
  },
  {
    does: 'and ends',
    covers: ['do-maintenance-off', 'api.maintenance'],
    run: async (keys, daemon) => {
      daemon.changed()
      await keys.press(keys.button('End maintenance'))
      await keys.confirm('End maintenance')
      await becomes(() => hostWish(daemon, 'h1').maintenance, false)
    },
  },
  {
    does: "a host's power is taken, its name typed again",
    covers: ['do-fence', 'api.fence', 'dialog fence', 'dialogs/confirm-dialog.tsx'],
    run: async (keys, daemon) => {
      await keys.at('/hosts/h2')
      await keys.press(keys.button('Cut its power'))
      await keys.fill(keys.dialog.getByRole('textbox'), 'h2')
      await keys.confirm('Cut its power')
      await becomes(() => Number(hostWish(daemon, 'h2').fenceSerial) > 0, true)
    },
  },
  {
    does: 'the cluster is disarmed',
    covers: ['do-disarm', 'api.arm', 'dialog disarm', 'actions/cluster-actions.tsx'],
    run: async (keys, daemon) => {
      await keys.at('/hosts')
      await keys.press(keys.button('Disarm'))
      await keys.confirm('Disarm')
      await becomes(() => value(daemon, storeKeys.armed)?.armed, false)
    },
  },
  {
    does: 'hosts to lose are chosen, and the loss is played',
    covers: ['api.whatIf', 'pages/what-if-page.tsx'],
    run: async (keys) => {
      await keys.at('/what-if')
      await keys.press(keys.page.getByRole('checkbox', { name: /^h2/ }), 'Space')
      await keys.press(keys.button('What would happen?'))
      await keys.page.getByRole('heading', { name: 'If h2 were lost now' }).waitFor({ timeout: 60_000 })
    },
  },
]

/** Before a host that is silent, one that is dead, and a cluster that is disarmed. */
export const troubledActions: readonly KeyAction[] = [
  {
    does: 'a silent host is sworn dead, its name typed again',
    covers: ['do-swear-dead', 'api.swearDead', 'dialog swear-dead', 'dialogs/confirm-dialog.tsx'],
    run: async (keys, daemon) => {
      await keys.at('/hosts/h3')
      await keys.press(keys.button('Swear it dead'))
      await keys.fill(keys.dialog.getByRole('textbox'), 'h3')
      await keys.confirm('Swear it dead')
      await becomes(() => hostWish(daemon, 'h3').sworn !== undefined, true)
    },
  },
  {
    does: 'the count of fenced hosts begins anew',
    covers: ['do-fence-reset', 'api.fenceReset'],
    run: async (keys, daemon) => {
      await keys.at('/hosts')
      await keys.press(keys.button('Reset the count of fenced hosts'))
      await becomes(() => value(daemon, storeKeys.fencingWish) !== null, true)
    },
  },
  {
    does: 'guests are evened out',
    covers: ['do-rebalance', 'api.rebalance', 'dialog rebalance'],
    run: async (keys, daemon) => {
      await keys.press(keys.button('Rebalance'))
      await keys.dialog.getByRole('table').waitFor()
      await keys.confirm('Rebalance')
      const moved = [...daemon.snapshot().wishes.values()].filter(({ move }) => move != null)
      assert.ok(moved.length > 0)
    },
  },
  {
    does: 'a maintenance begins although some guests have nowhere to go; before that the question is put away',
    covers: ['dialogs/maintenance-dialog.tsx', 'dialogs/dialogs.tsx'],
    run: async (keys, daemon) => {
      await keys.at('/hosts/h1')
      await keys.press(keys.button('Begin maintenance'))
      await keys.to(keys.button('Not now', keys.dialog))
      await keys.page.keyboard.press('Escape')
      await keys.dialog.waitFor({ state: 'detached' })
      await keys.press(keys.button('Begin maintenance'))
      await keys.press(keys.dialog.getByRole('checkbox', { name: /^Begin although \d guests? stays?/ }), 'Space')
      await keys.confirm('Begin maintenance')
      await becomes(() => hostWish(daemon, 'h1').maintenance, true)
    },
  },
  {
    does: 'the cluster is armed',
    covers: ['do-arm', 'api.arm'],
    run: async (keys, daemon) => {
      await keys.at('/hosts')
      await keys.press(keys.button('Arm'))
      await becomes(() => value(daemon, storeKeys.armed)?.armed, true)
    },
  },
]

/** Before the settings, as an administrator. */
export const settingsActions: readonly KeyAction[] = [
  {
    does: 'the cluster file is changed, checked, a problem gone to, taken back, and applied',
    covers: ['api.apply', 'file/file-section.tsx', 'file/apply-preview.tsx'],
    run: async (keys, daemon) => {
      await keys.at('/settings/file')
      const editor = keys.page.getByRole('textbox', { name: 'Cluster file' })
      await keys.to(editor)
      await keys.page.keyboard.press('Control+Home')
      await keys.page.keyboard.type('nonsense: 1\n')
      await keys.press(keys.button('Check'))
      await keys.press(keys.button(/^line 1, column \d+$/).first())
      await editor.and(keys.page.locator(':focus')).waitFor()
      await keys.press(keys.button('Back to what is applied'))
      await keys.to(editor, 'Shift+Tab')
      await keys.page.keyboard.press('Control+Home')
      await keys.page.keyboard.type('# By keyboard.\n')
      await keys.press(keys.button('Check'))
      await keys.page.getByText('The file is good.').waitFor()
      await keys.press(keys.button('Apply'))
      await becomes(() => daemon.stored()?.source.text.startsWith('# By keyboard.\n# The office.'), true)
    },
  },
  {
    does: 'what breaks something is applied all the same',
    covers: ['file/apply-preview.tsx'],
    run: async (keys, daemon) => {
      await keys.at('/settings/file')
      const editor = keys.page.getByRole('textbox', { name: 'Cluster file' })
      await keys.to(editor)
      await keys.page.keyboard.press('Control+a')
      await keys.page.keyboard.press('Delete')
      await keys.page.keyboard.insertText(
        daemon.stored()!.source.text.replace('storage: { services', 'storage: { state: stopped, services'),
      )
      await keys.press(keys.button('Check'))
      await keys.press(keys.button('Apply all the same'))
      await becomes(() => daemon.stored()?.source.text.includes('state: stopped'), true)
    },
  },
  {
    does: 'a need is drawn by the form, another is taken away, all of it is put back',
    covers: ['file/draw-section.tsx'],
    run: async (keys) => {
      const { page } = keys
      await keys.at('/settings/draw')
      await keys.pick(page.getByRole('combobox', { name: 'This guest' }), 'mail')
      await keys.pick(page.getByRole('combobox', { name: 'needs', exact: true }), 'db')
      await keys.pick(page.getByRole('combobox', { name: 'service', exact: true }), '5432')
      await keys.pick(page.getByRole('combobox', { name: 'Without it' }), 'p')
      await keys.press(keys.button('Add the need'))
      await page.getByText(/^\+ .*mail: .*db:5432\/tcp/).waitFor()
      await keys.to(keys.button('Take away: ldap:389/tcp'), 'Tab')
      await page.keyboard.press('Enter')
      await page.getByText(/^\+ .*mail: .*needs: \[storage:2049\/tcp, db:5432\/tcp\]/).waitFor()
      await keys.press(keys.button('Back to what is applied'))
      await page.getByRole('heading', { name: 'Preview' }).waitFor({ state: 'detached' })
    },
  },
  {
    does: 'a guest is created in three steps',
    covers: ['pages/create-page.tsx', 'file/create-steps.tsx', 'api.apply'],
    run: async (keys, daemon) => {
      const { page } = keys
      await keys.at('/create')
      await keys.fill(page.getByLabel('Name', { exact: true }), 'print')
      await keys.to(page.getByRole('radio', { name: 'a domain that libvirt has' }))
      await page.keyboard.press('ArrowDown')
      await keys.fill(page.getByLabel('Disk image'), '/srv/print.qcow2')
      await keys.press(keys.button('Next'))
      await keys.fill(page.getByLabel('Services, as 80/tcp'), '631/tcp')
      await keys.press(page.getByRole('checkbox', { name: 'dns:53/udp' }), 'Space')
      await keys.press(keys.button('Back'))
      await keys.press(keys.button('Next'))
      await keys.press(keys.button('Next'))
      await keys.press(keys.button('Check'))
      await keys.press(keys.button('Apply'))
      await page.getByRole('heading', { level: 1, name: 'print' }).waitFor()
      assert.ok(daemon.stored()!.source.text.includes('631/tcp'))
    },
  },
  {
    does: 'a user is added, made an operator, and removed',
    covers: [
      ...['api.addUser', 'api.changeUser', 'api.removeUser'],
      ...['pages/settings-users.tsx', 'parts/role-choice.tsx', 'parts/sure-button.tsx'],
    ],
    run: async (keys) => {
      const { page } = keys
      await keys.at('/settings/users')
      await keys.fill(page.getByLabel('User name'), 'vera')
      await keys.fill(page.getByLabel('New password'), 'a lookout on another hill')
      await keys.pick(page.getByRole('combobox', { name: 'Role', exact: true }), 'viewer')
      await keys.fill(page.getByLabel('Tags of the guests'), '')
      await keys.press(keys.button('Add a user'))
      await keys.said('vera may log in.')
      const role = page.getByRole('combobox', { name: 'Role: vera' })
      await keys.pick(role, 'operator')
      await becomes(() => role.inputValue(), 'operator')
      await keys.press(keys.button('Remove: vera'))
      await keys.press(keys.button('Not now'))
      await keys.press(keys.button('Remove: vera'))
      await keys.press(keys.button('Remove vera?'))
      await keys.said('vera was removed.')
    },
  },
  {
    does: 'an API token is made and taken away',
    covers: ['api.addToken', 'api.removeToken', 'pages/settings-tokens.tsx', 'parts/role-choice.tsx'],
    run: async (keys) => {
      const { page } = keys
      await keys.at('/settings/tokens')
      await keys.fill(page.getByLabel('What for'), 'backup')
      await keys.pick(page.getByRole('combobox', { name: 'Role' }), 'operator')
      await keys.fill(page.getByLabel('Valid for days'), '7')
      await keys.press(keys.button('Make a token'))
      await page.getByText('This is shown only once').waitFor()
      await keys.press(keys.button('Remove: backup'))
      await keys.press(keys.button('Remove backup?'))
      await page.getByText('No tokens').waitFor()
    },
  },
]
