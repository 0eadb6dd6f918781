import { Popover } from 'radix-ui'
import { type ReactElement, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLayer } from '@/ui/layer.tsx'

/** Those offered first. */
export const quickEmoji = ['👍', '❤️', '😂', '🎉', '👀', '✅'] as const

const groups = {
  faces: '😀 😄 😁 😅 😂 🤣 😊 🙂 😉 😍 🥰 😘 😋 😜 🤔 🤨 😐 😏 🙄 😬 😴 🤒 🥳 😎 🤓 🥺 😢 😭 😤 😡 🤯 😱 🤗 🫡 🤝 🫠',
  people: '👍 👎 👌 ✌️ 🤞 🤟 👏 🙌 🙏 💪 👋 ✋ 🫶 👀 🧠 🙋 🤷 🤦 👨‍💻 👩‍💻 🕺 💃 🚶 🏃',
  hearts: '❤️ 🧡 💛 💚 💙 💜 🖤 🤍 💔 💯 💢 💥 💫 💤 🔥 ⭐ ✨ 🌈 ☀️ 🌙 ⛅ 🌧️ ❄️ 🌊',
  things: '✅ ❌ ⚠️ ❓ ❗ 📌 📎 📅 📈 📉 📝 📣 🔔 🔒 🔑 🔗 💡 🛠️ ⚙️ 💻 📱 🎧 🎤 📷 🎉 🎂 🎁 🏆 🚀 ✈️ 🚗 🏠',
  food: '☕ 🍵 🧋 🍺 🍻 🥂 🍜 🍚 🍣 🍱 🥟 🍕 🍔 🍟 🍰 🍎 🍌 🍉 🍍 🥬',
} as const

/** All emoji we offer, behind a button. */
export function EmojiPicker({ trigger, onPick }: { trigger: ReactElement; onPick: (emoji: string) => void }) {
  const { t } = useTranslation('rooms')
  const [open, setOpen] = useState(false)
  const layer = useLayer()
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger asChild>{trigger}</Popover.Trigger>
      <Popover.Portal container={layer}>
        <Popover.Content
          side="top"
          align="end"
          sideOffset={6}
          collisionPadding={8}
          aria-label={t('emoji.title')}
          className="z-50 max-h-72 w-76 max-w-[calc(100vw-1rem)] animate-pop-in overflow-y-auto rounded-10 border border-line bg-raised p-2 text-ink shadow-2"
        >
          {Object.entries(groups).map(([name, emoji]) => (
            <section key={name} aria-label={t(`emoji.${name}`)}>
              <h3 className="px-1 pt-1 text-12 text-ink-3">{t(`emoji.${name}`)}</h3>
              <div className="grid grid-cols-8">
                {emoji.split(' ').map((one) => (
                  <button
                    key={one}
                    type="button"
                    aria-label={one}
                    onClick={() => {
                      setOpen(false)
                      onPick(one)
                    }}
                    className="grid size-9 place-items-center rounded-6 text-20 hover:bg-hover"
                  >
                    {one}
                  </button>
                ))}
              </div>
            </section>
          ))}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}
