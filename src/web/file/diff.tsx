import { useMemo } from 'react'
import { useWords } from '../state/language.tsx'
import { lineDiff } from './line-diff.ts'

const signs = { same: ' ', gone: '-', new: '+' } as const

export function Diff({ before, after }: { readonly before: string; readonly after: string }) {
  const { t } = useWords()
  const lines = useMemo(() => lineDiff(before, after), [before, after])
  return (
    <section>
      <h3>{t('file-diff')}</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard */}
      <pre className="v-code v-diff" tabIndex={0}>
        {lines.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have nothing else to be told apart by
          <span key={index} className={line === null ? 'v-diff-gap' : `v-diff-${line.kind}`}>
            {line === null ? '⋯\n' : `${signs[line.kind]} ${line.text}\n`}
          </span>
        ))}
      </pre>
    </section>
  )
}
