import type { Key, ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { cx } from './cx.ts'

/** One column of a table. */
export interface Column<Row> {
  id: string
  title: ReactNode
  cell: (row: Row) => ReactNode
  /** Numbers and buttons stand right. */
  end?: boolean
  /** Left out on screens narrower than this. */
  from?: 'md' | 'lg'
  /** Names a column whose heading shows nothing. */
  hiddenTitle?: boolean
  className?: string
}

interface TableProps<Row> {
  caption: string
  columns: readonly Column<Row>[]
  rows: readonly Row[]
  rowKey: (row: Row) => Key
}

const from = { md: 'hidden md:table-cell', lg: 'hidden lg:table-cell' }

/** Many of the same kind, compared by column. Columns of less weight give way on narrow screens. */
export function Table<Row>({ caption, columns, rows, rowKey }: TableProps<Row>) {
  return (
    <div
      className="overflow-x-auto rounded-10 border border-line bg-canvas dark:bg-raised"
      tabIndex={0}
      role="region"
      aria-label={caption}
    >
      <table className="w-full border-collapse text-left">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr className="border-b border-line">
            {columns.map((column) => (
              <th
                key={column.id}
                scope="col"
                className={cx(
                  'whitespace-nowrap px-3 py-2 text-12 font-medium text-ink-3 md:px-4',
                  column.end && 'text-right',
                  column.from && from[column.from],
                )}
              >
                {column.hiddenTitle ? <span className="sr-only">{column.title}</span> : column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)} className="border-line transition-colors not-last:border-b hover:bg-hover">
              {columns.map((column) => (
                <td
                  key={column.id}
                  className={cx(
                    'whitespace-nowrap px-3 py-2 md:px-4',
                    column.end && 'text-right',
                    column.from && from[column.from],
                    column.className,
                  )}
                >
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface PagerProps {
  page: number
  pageSize: number
  total: number
  onPage: (page: number) => void
}

/** Previous and next under a table of pages. */
export function Pager({ page, pageSize, total, onPage }: PagerProps) {
  const { t } = useTranslation('common')
  if (total <= pageSize) return null
  const step =
    'inline-flex h-control items-center rounded-6 px-3 font-medium text-ink-2 hover:bg-hover disabled:opacity-50'
  return (
    <nav className="mt-3 flex items-center justify-end gap-2 text-ink-3">
      <span className="mr-auto text-12">
        {t('range', { from: (page - 1) * pageSize + 1, to: Math.min(total, page * pageSize), total })}
      </span>
      <button type="button" className={step} disabled={page <= 1} onClick={() => onPage(page - 1)}>
        {t('previous')}
      </button>
      <button type="button" className={step} disabled={page * pageSize >= total} onClick={() => onPage(page + 1)}>
        {t('next')}
      </button>
    </nav>
  )
}
