import type { Role } from '../../model/access.ts'
import { useWords } from '../state/language.tsx'

const roles: readonly Role[] = ['viewer', 'operator', 'administrator']

export function RoleChoice(props: {
  readonly label: string
  readonly role: Role
  readonly onChoose: (role: Role) => void
}) {
  const { t } = useWords()
  return (
    <select
      aria-label={props.label}
      value={props.role}
      onChange={(event) => props.onChoose(event.target.value as Role)}
    >
      {roles.map((role) => (
        <option key={role} value={role}>
          {t(`role-${role}`)}
        </option>
      ))}
    </select>
  )
}
