/** What is shown in the place of a secret. */
const hidden = '********'

/**
 * Domain XML as it may be shown. libvirt itself leaves passwords out unless it is asked for them; what is left are those that somebody wrote where
 * libvirt does not look: on QEMU's own command line, or in an attribute of another name for one.
 */
export function withoutSecrets(xml: string): string {
  return xml
    .replaceAll(
      /\b(passwd|password)=(['"])(?:(?!\2).)*\2/g,
      (_, name: string, mark: string) => `${name}=${mark}${hidden}${mark}`,
    )
    .replaceAll(
      /(<qemu:(?:arg|env)\b[^>]*\bvalue=(['"]))((?:(?!\2).)*)(\2)/g,
      (whole, before: string, _mark, value: string, end: string) =>
        mayHoldSecret(value) ? `${before}${hidden}${end}` : whole,
    )
    .replaceAll(
      /(<(?:entry|oemStrings)\b[^>]*>)([^<]*)(<\/(?:entry|oemStrings)>)/g,
      (whole, before: string, value: string, end: string) =>
        mayHoldSecret(value) ? `${before}${hidden}${end}` : whole,
    )
}

function mayHoldSecret(value: string): boolean {
  return /passw|secret|token|credential|private|(^|[^a-z])key=|(^|,)data=/i.test(value)
}
