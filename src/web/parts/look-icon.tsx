import { BanIcon } from '@patternfly/react-icons/dist/esm/icons/ban-icon'
import { CheckCircleIcon } from '@patternfly/react-icons/dist/esm/icons/check-circle-icon'
import { ExclamationCircleIcon } from '@patternfly/react-icons/dist/esm/icons/exclamation-circle-icon'
import { ExclamationTriangleIcon } from '@patternfly/react-icons/dist/esm/icons/exclamation-triangle-icon'
import { HourglassHalfIcon } from '@patternfly/react-icons/dist/esm/icons/hourglass-half-icon'
import { PauseCircleIcon } from '@patternfly/react-icons/dist/esm/icons/pause-circle-icon'
import { PlayIcon } from '@patternfly/react-icons/dist/esm/icons/play-icon'
import { PowerOffIcon } from '@patternfly/react-icons/dist/esm/icons/power-off-icon'
import { QuestionCircleIcon } from '@patternfly/react-icons/dist/esm/icons/question-circle-icon'
import { ShareIcon } from '@patternfly/react-icons/dist/esm/icons/share-icon'
import { StopIcon } from '@patternfly/react-icons/dist/esm/icons/stop-icon'
import { WrenchIcon } from '@patternfly/react-icons/dist/esm/icons/wrench-icon'
import type { ComponentType } from 'react'
import type { GuestSummary, HostSummary } from '../../contract/status.ts'
import { useWords, type Words } from '../state/language.tsx'
import { type HostLook, hostLookOf, type Look, lookOf } from './look.ts'

const icons: Readonly<Record<Look, ComponentType>> = {
  ready: CheckCircleIcon,
  starting: PlayIcon,
  waiting: HourglassHalfIcon,
  paused: PauseCircleIcon,
  silent: ExclamationTriangleIcon,
  stopping: PowerOffIcon,
  stopped: StopIcon,
  failed: ExclamationCircleIcon,
  ignored: BanIcon,
  moving: ShareIcon,
  unknown: QuestionCircleIcon,
}

const hostIcons: Readonly<Record<HostLook, ComponentType>> = {
  online: CheckCircleIcon,
  maintenance: WrenchIcon,
  'going-down': PowerOffIcon,
  unseen: HourglassHalfIcon,
  silent: QuestionCircleIcon,
  lost: ExclamationCircleIcon,
  left: StopIcon,
  'hypervisor-down': ExclamationTriangleIcon,
}

export function LookIcon({ look }: { readonly look: Look }) {
  const Icon = icons[look]
  return (
    <span className={`v-look v-look-${look}`} aria-hidden="true">
      <Icon />
    </span>
  )
}

/** The sign and the word. */
export function GuestState({ guest }: { readonly guest: GuestSummary }) {
  const words = useWords()
  return (
    <span className="v-state">
      <LookIcon look={lookOf(guest)} />
      <span>{guestWord(guest, words)}</span>
    </span>
  )
}

/** What the leader says of it, in a word or two. */
export function guestWord(guest: GuestSummary, { phase, t }: Words): string {
  if (lookOf(guest) === 'moving') return t('moving')
  return lookOf(guest) === 'unknown' ? t('unknown') : phase(guest.phase)
}

export function hostWord(host: HostSummary, { t }: Words): string {
  return t(`host-${hostLookOf(host)}`)
}

export function HostState({ host }: { readonly host: HostSummary }) {
  const words = useWords()
  const look = hostLookOf(host)
  const Icon = hostIcons[look]
  return (
    <span className="v-state">
      <span className={`v-look v-host-${look}`} aria-hidden="true">
        <Icon />
      </span>
      <span>{hostWord(host, words)}</span>
    </span>
  )
}
