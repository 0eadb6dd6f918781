import { useTranslation } from 'react-i18next'

/** Numbers as the reader's language writes them. */
export function useNumbers() {
  const { i18n } = useTranslation()
  const written = (value: number, options: Intl.NumberFormatOptions): string =>
    new Intl.NumberFormat(i18n.language, options).format(value)
  return {
    number: (value: number, digits: number) => written(value, { maximumFractionDigits: digits }),
    percent: (share: number, digits = 0) => written(share, { style: 'percent', maximumFractionDigits: digits }),
    seconds: (value: number) =>
      written(value, {
        style: 'unit',
        unit: 'second',
        unitDisplay: 'short',
        maximumFractionDigits: value < 10 ? 1 : 0,
      }),
  }
}
