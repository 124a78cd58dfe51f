import { type ReactNode, useMemo } from 'react'
import type { GuestSummary } from '../../contract/status.ts'
import { useWords, type Words } from '../state/language.tsx'
import { type Column, DataTable } from './data-table.tsx'
import { GuestLink, HostLink } from './link.tsx'
import { lookOf, looks } from './look.ts'
import { GuestState } from './look-icon.tsx'

interface GuestTableProps {
  readonly guests: readonly GuestSummary[]
  readonly chosen?: ReadonlySet<string>
  readonly onChoose?: (chosen: ReadonlySet<string>) => void
}

/** The guests as a table: all that the drawing shows, and more. */
export function GuestTable({ guests, chosen, onChoose }: GuestTableProps) {
  const words = useWords()
  const columns = useMemo(() => columnsOf(words), [words])
  const choosing = chosen !== undefined && onChoose !== undefined ? { chosen, onChoose } : {}
  return (
    <DataTable
      name="guests"
      caption={words.t('guests')}
      columns={columns}
      rows={guests}
      rowKey={({ id }) => id}
      empty={words.t('no-guests')}
      {...choosing}
    />
  )
}

function columnsOf(words: Words): readonly Column<GuestSummary>[] {
  const { t, list, size, reason } = words
  const dash = (content: ReactNode): ReactNode => content ?? '–'
  return [
    {
      key: 'guest',
      heading: t('guest'),
      isFixed: true,
      cell: ({ id }) => <GuestLink guest={id} />,
      order: ({ id }) => id,
    },
    {
      key: 'state',
      heading: t('state'),
      cell: (guest) => <GuestState guest={guest} />,
      order: (guest) => looks.indexOf(lookOf(guest)),
    },
    {
      key: 'host',
      heading: t('host'),
      cell: ({ host }) => dash(host === null ? null : <HostLink host={host} />),
      order: ({ host }) => host ?? '',
    },
    { key: 'why', heading: t('why'), cell: ({ because }) => reason(because) },
    {
      key: 'needs',
      heading: t('needs'),
      cell: ({ needs }) =>
        dash(
          needs.length === 0
            ? null
            : list(
                needs.map(({ text }) => text),
                4,
              ),
        ),
    },
    { key: 'wave', heading: t('wave-heading'), cell: ({ wave }) => wave, order: ({ wave }) => wave },
    {
      key: 'memory',
      heading: t('memory'),
      cell: ({ memory }) => dash(memory.givenMib === null ? null : size(memory.givenMib)),
      order: ({ memory }) => memory.givenMib ?? 0,
    },
    { key: 'address', heading: t('address'), isHidden: true, cell: ({ address }) => dash(address) },
    { key: 'tags', heading: t('tags'), cell: ({ tags }) => dash(tags.length === 0 ? null : <Tags tags={tags} />) },
    {
      key: 'priority',
      heading: t('priority'),
      isHidden: true,
      cell: ({ priority }) => priority,
      order: ({ priority }) => priority,
    },
  ]
}

export function Tags({ tags }: { readonly tags: readonly string[] }) {
  return (
    <span className="v-tags">
      {tags.map((tag) => (
        <span key={tag} className="v-tag">
          {tag}
        </span>
      ))}
    </span>
  )
}
