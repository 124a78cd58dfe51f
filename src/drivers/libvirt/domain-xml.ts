import type { DefinitionSpec } from '../../model/definition.ts'
import type { GuestId } from '../../model/ids.ts'
import { containerDevices, machineDevices, paravirtualDevices } from './domain-devices.ts'
import { domainMark, domainUuid } from './domain-mark.ts'
import { element, type XmlContent, type XmlElement, xmlText } from './xml-text.ts'

/**
 * XML of the transient domain of a guest that the cluster file defines. Pure.
 * `seedPath`: the guest's cloud-init image; null: it has none.
 * Faults: `bad-data` where a text cannot be written as XML.
 */
export function domainXml(guest: GuestId, definition: DefinitionSpec, seedPath: string | null): string {
  return xmlText(
    element(
      'domain',
      { type: definition.hypervisor },
      element('name', {}, guest),
      element('uuid', {}, domainUuid(guest)),
      element('metadata', {}, domainMark(guest)),
      ...memory(definition),
      element('vcpu', {}, definition.cpus),
      ...machine(definition),
      // What a guest does about its own end is decided by whoever watches it, so libvirt must not start it again.
      element('on_poweroff', {}, 'destroy'),
      element('on_reboot', {}, 'restart'),
      element('on_crash', {}, 'destroy'),
      element('devices', {}, ...devices(definition, seedPath)),
    ),
  )
}

/** It boots with the start amount and can be given up to the maximum by its balloon. */
function memory({ memoryStartMib, memoryMaxMib }: DefinitionSpec): XmlElement[] {
  return [
    element('memory', { unit: 'MiB' }, Math.max(memoryStartMib, memoryMaxMib)),
    element('currentMemory', { unit: 'MiB' }, memoryStartMib),
  ]
}

function machine(definition: DefinitionSpec): XmlContent[] {
  switch (definition.hypervisor) {
    case 'kvm':
    case 'qemu':
      return [fullOs(definition), features, cpu(definition), clock(definition)]
    case 'xen':
      return definition.boot.kind === 'kernel' ? [paravirtualOs(definition)] : [fullOs(definition), features]
    case 'lxc':
      return [element('os', {}, element('type', {}, 'exe'), element('init', {}, '/sbin/init'))]
  }
}

function devices(definition: DefinitionSpec, seedPath: string | null): XmlContent[] {
  switch (definition.hypervisor) {
    case 'kvm':
    case 'qemu':
      return machineDevices(definition, seedPath)
    case 'xen':
      return paravirtualDevices(definition, seedPath)
    case 'lxc':
      return containerDevices(definition)
  }
}

/** A whole machine with firmware; the order of boot stands with the disks. */
function fullOs(definition: DefinitionSpec): XmlElement {
  const firmware = definition.firmware === 'uefi' ? 'efi' : null
  return element('os', { firmware }, element('type', { machine: definition.machine }, 'hvm'), ...kernel(definition))
}

function paravirtualOs(definition: DefinitionSpec): XmlElement {
  return element('os', {}, element('type', { machine: definition.machine }, 'linux'), ...kernel(definition))
}

function kernel({ boot }: DefinitionSpec): XmlContent[] {
  if (boot.kind === 'disk') return []
  return [
    element('kernel', {}, boot.kernel),
    boot.initrd === null ? null : element('initrd', {}, boot.initrd),
    boot.commandLine === '' ? null : element('cmdline', {}, boot.commandLine),
  ]
}

/** Without ACPI an orderly shutdown request reaches nobody. */
const features = element('features', {}, element('acpi'), element('apic'))

/** With KVM and no wish, what the host's own CPU can do: libvirt's default lacks what current systems require. */
function cpu({ hypervisor, cpuModel }: DefinitionSpec): XmlContent {
  if (cpuModel === null) return hypervisor === 'kvm' ? element('cpu', { mode: 'host-model' }) : null
  if (['host-passthrough', 'host-model', 'maximum'].includes(cpuModel)) return element('cpu', { mode: cpuModel })
  return element('cpu', { mode: 'custom', match: 'exact' }, element('model', { fallback: 'forbid' }, cpuModel))
}

/** A guest that uses the HPET wakes the host's CPU without end; with KVM it has a better clock. */
function clock({ hypervisor }: DefinitionSpec): XmlElement {
  const timer = hypervisor === 'kvm' ? element('timer', { name: 'hpet', present: 'no' }) : null
  return element('clock', { offset: 'utc' }, timer)
}
