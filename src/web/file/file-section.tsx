import { useEffect, useRef, useState } from 'react'
import { wallTime } from '../../model/ids.ts'
import { FaultNote } from '../parts/fault-note.tsx'
import { useWords } from '../state/language.tsx'
import { ApplyPreview } from './apply-preview.tsx'
import { hasIncludes } from './edit-file.ts'
import { useFile } from './use-file.ts'

/** The cluster file as text, checked by the daemon before it counts. */
export function FileSection() {
  const words = useWords()
  const { t, time } = words
  const file = useFile()
  const [text, setText] = useState<string | null>(null)
  const area = useRef<HTMLTextAreaElement>(null)
  const { value } = file
  useEffect(() => {
    // What somebody has begun to write is not taken from him.
    if (value !== null) setText((now) => now ?? value.text)
  }, [value])
  if (file.fault !== null) return <FaultNote fault={file.fault} />
  if (value === null || text === null) return <p role="status">{t('loading')}</p>
  const goTo = (line: number, column: number): void => {
    const element = area.current
    if (element === null) return
    const before = text.split('\n').slice(0, line - 1)
    const at = before.reduce((sum, one) => sum + one.length + 1, 0) + column - 1
    element.focus()
    element.setSelectionRange(at, at)
    element.scrollTop = (line - 4) * lineHeightPx
  }
  return (
    <section>
      <p className="v-dim">
        {value.appliedAt === 0
          ? t('file-none')
          : t('file-applied', { path: value.path, time: time(wallTime(value.appliedAt)), by: value.appliedBy })}
      </p>
      {hasIncludes(text) && <p>{t('includes-hint')}</p>}
      <Editor text={text} label={t('file-label')} onChange={setText} area={area} />
      {text !== value.text && (
        <p>
          <button type="button" className="v-button" onClick={() => setText(value.text)}>
            {t('file-back')}
          </button>
        </p>
      )}
      <ApplyPreview path={value.path} before={value.text} text={text} onApplied={file.again} onPlace={goTo} />
    </section>
  )
}

/** As the style has it. */
const lineHeightPx = 20

/** A plain text field with line numbers: it works with every keyboard, reader and phone. */
function Editor(props: {
  readonly text: string
  readonly label: string
  readonly onChange: (text: string) => void
  readonly area: React.RefObject<HTMLTextAreaElement | null>
}) {
  const { text, label, onChange, area } = props
  const numbers = useRef<HTMLPreElement>(null)
  const count = text.split('\n').length
  return (
    <div className="v-editor">
      <pre ref={numbers} aria-hidden="true" className="v-editor-numbers">
        {Array.from({ length: count }, (_, index) => index + 1).join('\n')}
      </pre>
      <textarea
        ref={area}
        aria-label={label}
        value={text}
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        wrap="off"
        onChange={(event) => onChange(event.target.value)}
        onScroll={(event) => {
          if (numbers.current !== null) numbers.current.scrollTop = event.currentTarget.scrollTop
        }}
      />
    </div>
  )
}
