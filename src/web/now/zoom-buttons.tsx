import { Button } from '@patternfly/react-core/dist/esm/components/Button'
import { ExpandArrowsAltIcon } from '@patternfly/react-icons/dist/esm/icons/expand-arrows-alt-icon'
import { MinusIcon } from '@patternfly/react-icons/dist/esm/icons/minus-icon'
import { PlusIcon } from '@patternfly/react-icons/dist/esm/icons/plus-icon'
import { useWords } from '../state/language.tsx'

export function ZoomButtons(props: {
  readonly zoom: number
  readonly onZoom: (zoom: number) => void
  readonly onFit: () => void
}) {
  const { t } = useWords()
  return (
    <div className="v-zoom">
      <Button
        variant="control"
        aria-label={t('larger')}
        icon={<PlusIcon />}
        onClick={() => props.onZoom(props.zoom * 1.25)}
      />
      <Button
        variant="control"
        aria-label={t('smaller')}
        icon={<MinusIcon />}
        onClick={() => props.onZoom(props.zoom / 1.25)}
      />
      <Button variant="control" aria-label={t('fit')} icon={<ExpandArrowsAltIcon />} onClick={props.onFit} />
    </div>
  )
}
