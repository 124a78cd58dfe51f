import type { MovesResult } from '../../contract/moves.ts'
import { useWords } from '../state/language.tsx'

/** Who goes where, and who does not and why. */
export function Moves({ result }: { readonly result: MovesResult }) {
  const { t, moveWay, moveCause, reason, hostRefusal, list } = useWords()
  const { moves, stays, already } = result
  return (
    <>
      {moves.length === 0 ? (
        <p>{t('moves-nothing')}</p>
      ) : (
        <table className="v-table">
          <caption className="v-hidden">{t('moves')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('guest')}</th>
              <th scope="col">{t('from')}</th>
              <th scope="col">{t('to')}</th>
              <th scope="col">{t('how')}</th>
              <th scope="col">{t('why')}</th>
            </tr>
          </thead>
          <tbody>
            {moves.map(({ guest, from, to, how, cause }) => (
              <tr key={guest}>
                <th scope="row">{guest}</th>
                <td data-label={t('from')}>{from ?? '–'}</td>
                <td data-label={t('to')}>{to}</td>
                <td data-label={t('how')}>{moveWay(how)}</td>
                <td data-label={t('why')}>{moveCause(cause)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {already.length > 0 && <p>{t('moves-already', { guests: list(already), count: already.length })}</p>}
      {stays.length > 0 && (
        <>
          <h3>{t('moves-stay')}</h3>
          <ul>
            {stays.map(({ guest, because }) => (
              <li key={guest}>
                <strong>{guest}</strong>{' '}
                {because.code === 'no-place' ? (
                  <ul>
                    {because.hosts.map(({ host, why }) => (
                      <li key={host}>{hostRefusal(host, why)}</li>
                    ))}
                  </ul>
                ) : (
                  reason(because)
                )}
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  )
}
