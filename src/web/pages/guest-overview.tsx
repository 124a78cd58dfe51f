import type { ReactNode } from 'react'
import type { GuestSummary } from '../../contract/status.ts'
import { wallTime } from '../../model/ids.ts'
import { ActionList } from '../actions/action-list.tsx'
import { Tags } from '../parts/guest-table.tsx'
import { GuestLink, HostLink } from '../parts/link.tsx'
import { ServiceList } from '../parts/service-list.tsx'
import { Why } from '../parts/why.tsx'
import { useWords } from '../state/language.tsx'

export function GuestOverview({ guest }: { readonly guest: GuestSummary }) {
  const words = useWords()
  const { t, size, wish, run, time, duration } = words
  const { memory } = guest
  const facts: readonly { readonly name: string; readonly value: ReactNode }[] = [
    { name: t('host'), value: guest.host === null ? null : <HostLink host={guest.host} /> },
    { name: t('wish'), value: wish(guest.wish) },
    { name: t('run'), value: run(guest.run) },
    { name: t('since'), value: guest.since === null ? null : time(wallTime(guest.since)) },
    { name: t('address'), value: guest.address },
    { name: t('memory-given'), value: memory.givenMib === null ? null : size(memory.givenMib) },
    { name: t('memory-used'), value: memory.usedMib === null ? null : size(memory.usedMib) },
    { name: t('memory-most'), value: memory.maxMib === null ? null : size(memory.maxMib) },
    { name: t('memory-least'), value: memory.leastMib === undefined ? null : size(memory.leastMib) },
    { name: t('memory-why'), value: memory.because === undefined ? null : words.reason(memory.because) },
    { name: t('wave-heading'), value: guest.wave },
    { name: t('expected'), value: guest.expectedMs === null ? null : duration(guest.expectedMs) },
    { name: t('priority'), value: guest.priority },
    { name: t('start-at-boot'), value: guest.startAtBoot ? t('yes') : t('no') },
    { name: t('watched'), value: guest.watch ? t('yes') : t('no') },
    { name: t('tags'), value: guest.tags.length === 0 ? null : <Tags tags={guest.tags} /> },
    { name: t('standby-of'), value: guest.standbyOf === undefined ? null : <GuestLink guest={guest.standbyOf} /> },
    { name: t('replaced-by'), value: guest.replacedBy === undefined ? null : <GuestLink guest={guest.replacedBy} /> },
  ]
  return (
    <div className="v-two">
      <section>
        <h2>{t('why')}</h2>
        <Why guest={guest} />
        <h2>{t('services')}</h2>
        <ServiceList guest={guest} />
        <h2>{t('facts')}</h2>
        <dl className="v-facts">
          {facts
            .filter(({ value }) => value !== null)
            .map(({ name, value }) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
        </dl>
      </section>
      <section>
        <h2>{t('actions')}</h2>
        <ActionList guests={[guest]} />
      </section>
    </div>
  )
}
