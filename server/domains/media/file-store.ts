import type { Executor } from '#kernel/db/executor.ts'
import type { FileKind, MediaFile } from './media-file.ts'

const COLUMNS = `id, account_id AS "accountId", meeting_id AS "meetingId", name, description, kind, mime, size, duration,
  width, height, info, storage_key AS "storageKey", preview_key AS "previewKey", source_id AS "sourceId",
  job_id AS "jobId", created_at AS "createdAt"`

/** A file about to be kept. */
export type NewFile = Omit<MediaFile, 'createdAt' | 'previewKey' | 'jobId'> & {
  readonly job?: { readonly id: number; readonly output: number } | undefined
}

/** Which files to list; what is not given does not narrow. */
export interface FileFilter {
  readonly accountId: number
  /** Meetings whose files are the account's to see. */
  readonly meetingIds: readonly number[]
  /** `mine`: one's own; `meetings`: those of meetings. */
  readonly scope?: 'mine' | 'meetings' | undefined
  readonly kind?: FileKind | undefined
  readonly meetingId?: number | undefined
  readonly sourceId?: string | undefined
  /** Part of the name or the description. */
  readonly keyword?: string | undefined
  readonly offset: number
  readonly limit: number
}

/** The table of files. */
export const fileStore = {
  async insert(db: Executor, file: NewFile): Promise<MediaFile> {
    const [row] = await db.query<MediaFile>(
      `INSERT INTO media_files (id, account_id, meeting_id, name, description, kind, mime, size, duration, width, height,
                                info, storage_key, source_id, job_id, job_output)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) RETURNING ${COLUMNS}`,
      [
        file.id,
        file.accountId,
        file.meetingId,
        file.name,
        file.description,
        file.kind,
        file.mime,
        file.size,
        file.duration,
        file.width,
        file.height,
        file.info === null ? null : JSON.stringify(file.info),
        file.storageKey,
        file.sourceId,
        file.job?.id ?? null,
        file.job?.output ?? null,
      ],
    )
    return row as MediaFile
  },

  async find(db: Executor, id: string): Promise<MediaFile | undefined> {
    const [row] = await db.prepared<MediaFile>(`SELECT ${COLUMNS} FROM media_files WHERE id = $1`, [id])
    return row
  },

  /** What these files are called, without those that are gone. */
  async names(db: Executor, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const rows = await db.query<{ id: string; name: string }>(
      'SELECT id, name FROM media_files WHERE id = ANY ($1::text[])',
      [ids],
    )
    return new Map(rows.map(({ id, name }) => [id, name]))
  },

  async ofJob(db: Executor, jobId: number): Promise<(MediaFile & { jobOutput: number })[]> {
    return await db.query(
      `SELECT ${COLUMNS}, job_output AS "jobOutput" FROM media_files WHERE job_id = $1 ORDER BY job_output`,
      [jobId],
    )
  },

  async list(db: Executor, filter: FileFilter): Promise<{ files: MediaFile[]; total: number }> {
    const keyword = filter.keyword?.replaceAll(/[\\%_]/g, '\\$&')
    const condition = `CASE $3 WHEN 'mine' THEN account_id = $1 WHEN 'meetings' THEN meeting_id = ANY ($2)
                       ELSE account_id = $1 OR meeting_id = ANY ($2) END
      AND ($4::text IS NULL OR kind = $4) AND ($5::integer IS NULL OR meeting_id = $5)
      AND ($6::text IS NULL OR source_id = $6)
      AND ($7::text IS NULL OR name ILIKE '%' || $7 || '%' OR description ILIKE '%' || $7 || '%')`
    const values = [
      filter.accountId,
      filter.meetingIds,
      filter.scope ?? 'all',
      filter.kind ?? null,
      filter.meetingId ?? null,
      filter.sourceId ?? null,
      keyword ?? null,
    ]
    const [files, [count]] = await Promise.all([
      db.query<MediaFile>(
        `SELECT ${COLUMNS} FROM media_files WHERE ${condition} ORDER BY created_at DESC, id DESC LIMIT $8 OFFSET $9`,
        [...values, filter.limit, filter.offset],
      ),
      db.query<{ total: number }>(`SELECT count(*) AS total FROM media_files WHERE ${condition}`, values),
    ])
    return { files, total: count?.total ?? 0 }
  },

  async usage(db: Executor, accountId: number): Promise<{ files: number; bytes: number }> {
    const [row] = await db.query<{ files: number; bytes: number }>(
      'SELECT count(*) AS files, coalesce(sum(size), 0) AS bytes FROM media_files WHERE account_id = $1',
      [accountId],
    )
    return row ?? { files: 0, bytes: 0 }
  },

  async setPreview(db: Executor, id: string, previewKey: string): Promise<boolean> {
    const rows = await db.query(
      'UPDATE media_files SET preview_key = $2 WHERE id = $1 AND preview_key IS NULL RETURNING id',
      [id, previewKey],
    )
    return rows.length > 0
  },

  /** Removes rows and returns the keys of what they held. */
  async remove(db: Executor, which: { id: string } | { accountId: number }): Promise<string[]> {
    const [column, value] = 'id' in which ? ['id', which.id] : ['account_id', which.accountId]
    const rows = await db.query<{ storage: string; preview: string | null }>(
      `DELETE FROM media_files WHERE ${column} = $1 RETURNING storage_key AS storage, preview_key AS preview`,
      [value],
    )
    return rows.flatMap(({ storage, preview }) => (preview === null ? [storage] : [storage, preview]))
  },

  /** Which of these keys some row holds. */
  async known(db: Executor, keys: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await db.query<{ key: string }>(
      `SELECT key FROM unnest($1::text[]) AS key
       WHERE EXISTS (SELECT FROM media_files WHERE storage_key = key)
          OR EXISTS (SELECT FROM media_files WHERE preview_key = key)`,
      [keys],
    )
    return new Set(rows.map((row) => row.key))
  },
}
