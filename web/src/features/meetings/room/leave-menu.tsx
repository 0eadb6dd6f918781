import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Confirm } from '@/ui/dialog.tsx'
import { Menu, MenuItem } from '@/ui/menu.tsx'
import { ControlButton } from './control-button.tsx'
import { useRoom, useRoomState } from './room-context.ts'

/** Leaves at once; a host with others in the room is asked whether the meeting ends too. */
export function LeaveMenu() {
  const { t } = useTranslation('meetings')
  const { session } = useRoom()
  const asks = useRoomState((state) => state.role === 'host' && state.people.length > 1)
  const [ending, setEnding] = useState(false)
  if (!asks)
    return <ControlButton icon="phone-off" look="leave" label={t('controls.leave')} onClick={() => session.leave()} />
  return (
    <>
      <Menu
        side="top"
        align="end"
        trigger={<ControlButton icon="phone-off" look="leave" label={t('controls.leave')} />}
      >
        <MenuItem icon="log-out" onSelect={() => session.leave()}>
          {t('leave.only')}
        </MenuItem>
        <MenuItem icon="circle-stop" danger onSelect={() => setEnding(true)}>
          {t('leave.end')}
        </MenuItem>
      </Menu>
      <Confirm
        open={ending}
        onOpenChange={setEnding}
        title={t('leave.endTitle')}
        description={t('leave.endHint')}
        action={t('leave.end')}
        onConfirm={() => void session.endForAll()}
      />
    </>
  )
}
