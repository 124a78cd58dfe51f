import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { Form, FormGroup } from '@patternfly/react-core/dist/esm/components/Form'
import { TextInput } from '@patternfly/react-core/dist/esm/components/TextInput'
import { type FormEvent, useState } from 'react'
import type { Fault } from '../../model/fault.ts'
import { api } from '../api/api.ts'
import { faultOf } from '../api/ask.ts'
import { FaultNote } from '../parts/fault-note.tsx'
import { useAsked } from '../parts/use-asked.ts'
import { enter } from '../state/door.ts'
import { useWords } from '../state/language.tsx'
import { Door } from './door.tsx'

export function Login() {
  const { t } = useWords()
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const [codeWanted, setCodeWanted] = useState(false)
  const [fault, setFault] = useState<Fault | null>(null)
  const [busy, setBusy] = useState(false)
  const ways = useAsked(api.signIn, [])
  const openid = ways.value?.openid ?? null
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    setBusy(true)
    setFault(null)
    try {
      await enter(name, password, code)
    } catch (error) {
      const said = faultOf(error)
      const wanted = said.code === 'code-wanted'
      if (wanted) setCodeWanted(true)
      setFault(wanted && !codeWanted ? null : said)
    }
    setBusy(false)
  }
  return (
    <Door title={t('login-title')}>
      <Form onSubmit={(event) => void submit(event)}>
        {fault !== null && <FaultNote fault={fault} />}
        <FormGroup label={t('user-name')} fieldId="name">
          <TextInput
            id="name"
            value={name}
            onChange={(_, value) => setName(value)}
            autoComplete="username"
            isRequired
            autoFocus
          />
        </FormGroup>
        <FormGroup label={t('password')} fieldId="password">
          <TextInput
            id="password"
            type="password"
            value={password}
            onChange={(_, value) => setPassword(value)}
            autoComplete="current-password"
            isRequired
          />
        </FormGroup>
        {codeWanted && (
          <FormGroup label={t('second-factor')} fieldId="code">
            <TextInput
              id="code"
              value={code}
              onChange={(_, value) => setCode(value)}
              autoComplete="one-time-code"
              inputMode="numeric"
              autoFocus
            />
          </FormGroup>
        )}
        <Button type="submit" isBlock isLoading={busy} isDisabled={busy || name === '' || password === ''}>
          {t('enter')}
        </Button>
        {openid !== null && (
          // The way goes over another site and back: no fetch, a real step.
          <a className="v-button" href={openid.path}>
            {t('enter-by', { name: openid.name })}
          </a>
        )}
        <p className="v-dim">{t('login-hint')}</p>
        <p>
          <code>vigia console</code>
        </p>
      </Form>
    </Door>
  )
}
