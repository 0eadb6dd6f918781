import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { nameOf, useAccount } from '@/lib/account.ts'
import { signOut } from '@/lib/sign-out.ts'
import { Avatar } from '@/ui/avatar.tsx'
import { Field, Select } from '@/ui/field.tsx'
import { Icon } from '@/ui/icons.tsx'
import { Menu, MenuChoice, MenuHeading, MenuItem, MenuSeparator } from '@/ui/menu.tsx'
import { Skeleton } from '@/ui/states.tsx'
import { chooseLanguage } from './account-language.ts'
import { type Language, language, languages } from './i18n.ts'
import { type Theme, theme } from './theme.ts'

/** The choices of theme, named. */
export function useThemeOptions() {
  const { t } = useTranslation('shell')
  return (['system', 'light', 'dark'] as const).map((value) => ({ value, label: t(`theme.${value}`) }))
}

interface Props {
  side: 'top' | 'right'
  align: 'start' | 'end'
}

/** Who one is: profile, look, language, the way out. */
export function AccountMenu({ side, align }: Props) {
  const { t } = useTranslation('shell')
  const { data: account } = useAccount()
  const themes = useThemeOptions()
  const chosenTheme = theme.use()
  const chosenLanguage = language.use()
  return (
    <Menu
      side={side}
      align={align}
      trigger={
        <button
          type="button"
          aria-label={t('account.menu')}
          className="grid size-11 place-items-center rounded-full hover:bg-hover"
        >
          {account ? (
            <Avatar id={account.user_id} name={nameOf(account)} src={account.avatar_url} />
          ) : (
            <Skeleton className="size-8 rounded-full" />
          )}
        </button>
      }
    >
      {account && (
        <MenuHeading>
          <span className="block truncate text-14 font-semibold text-ink">{nameOf(account)}</span>
          <span className="block truncate">{account.email}</span>
        </MenuHeading>
      )}
      <MenuSeparator />
      <MenuItem icon="user" to="/account">
        {t('account.settings')}
      </MenuItem>
      <MenuChoice
        label={t('theme.name')}
        icon="moon"
        value={chosenTheme}
        onValue={(value) => theme.set(value as Theme)}
        options={themes}
      />
      <MenuChoice
        label={t('language')}
        icon="languages"
        value={chosenLanguage}
        onValue={(value) => chooseLanguage(value as Language)}
        options={languages}
      />
      <MenuSeparator />
      <MenuItem icon="log-out" onSelect={() => void signOut()}>
        {t('account.signOut')}
      </MenuItem>
    </Menu>
  )
}

/** The same as rows, for the sheet of a phone. */
export function AccountEntries({ onLeave }: { onLeave: () => void }) {
  const { t } = useTranslation('shell')
  const themes = useThemeOptions()
  const chosenTheme = theme.use()
  const chosenLanguage = language.use()
  const row = 'flex min-h-11 items-center gap-3 rounded-10 px-3 text-ink-2 hover:bg-hover'
  return (
    <>
      <Link to="/account" onClick={onLeave} className={row}>
        <Icon name="user" size={20} />
        {t('account.settings')}
      </Link>
      <div className="my-2 grid gap-3 border-y border-line px-3 py-4">
        <Field label={t('theme.name')}>
          <Select value={chosenTheme} options={themes} onValue={(value) => theme.set(value as Theme)} />
        </Field>
        <Field label={t('language')}>
          <Select value={chosenLanguage} options={languages} onValue={(value) => chooseLanguage(value as Language)} />
        </Field>
      </div>
      <button type="button" className={row} onClick={() => void signOut()}>
        <Icon name="log-out" size={20} />
        {t('account.signOut')}
      </button>
    </>
  )
}
