/**
 * usage: node lab/fence-server.ts ID
 *
 * The fence device of a lab that stays up without the process that started it. Looks at the lab's state anew for each question: hosts are
 * switched on and off by others as well.
 */
import { LabFenceDevice, switchPower } from './fence-device.ts'
import { openLab } from './lab.ts'
import { isAlive } from './process-mark.ts'
import { labFolder, readState } from './state.ts'

const [id = ''] = process.argv.slice(2)
const folder = labFolder(id)

await LabFenceDevice.serve(folder, {
  isOn: (name) => {
    const state = readState(folder)
    if (state?.hosts.every((host) => host.name !== name) !== false) return undefined
    return state.processes.some((mark) => mark.what === `${name}: first process` && isAlive(mark))
  },
  switch: async (name, action) => {
    const lab = await openLab(id)
    await switchPower(
      lab?.hosts.find((host) => host.name === name),
      action,
    )
  },
})
