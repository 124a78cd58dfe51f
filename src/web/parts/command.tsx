/** A command as one types it. It is broken between words only: `--live` on two lines is another command. */
export function Command({ text, isQuiet = false }: { readonly text: string; readonly isQuiet?: boolean }) {
  return (
    <code className={isQuiet ? 'v-command' : undefined}>
      {text.split(' ').map((word, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: words of a line have nothing else to be told apart by
        <span key={index}>
          {index > 0 && ' '}
          <span className="v-word">{word}</span>
        </span>
      ))}
    </code>
  )
}
