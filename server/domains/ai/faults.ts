import { Fault } from '#kernel/fault.ts'

/** What can go wrong with models and what they work on. */
export const faults = {
  noModel: (task: string, suggestions: readonly string[]): Fault =>
    new Fault('unavailable', 'ai.no-model', `No model for ${task} is installed`, { data: { task, suggestions } }),
  notInstalled: (id: string): Fault =>
    new Fault('unavailable', 'ai.not-installed', `The model ${id} is not installed`, { data: { id } }),
  noEngine: (id: string, engine: string): Fault =>
    new Fault('unavailable', 'ai.no-engine', `${id} needs ${engine}, which this installation lacks`, {
      data: { id, engine },
    }),
  noContract: (id: string): Fault =>
    new Fault('unavailable', 'ai.no-contract', `The manifest of ${id} does not declare what goes in and comes out`, {
      data: { id },
    }),
  wrongTask: (id: string, task: string): Fault =>
    new Fault('invalid', 'ai.wrong-task', `The model ${id} is not for ${task}`, { data: { id } }),
  modelMissing: (id: string): Fault =>
    new Fault('missing', 'ai.model-missing', `There is no model ${id}`, { data: { id } }),
  nodeTaken: (id: string): Fault =>
    new Fault('conflict', 'ai.node-taken', `There is a node ${id} already`, { data: { id } }),
  nodeToken: (): Fault => new Fault('unauthenticated', 'ai.node-token', 'The node’s token is not known'),
  nodeFixed: (id: string): Fault =>
    new Fault('conflict', 'ai.node-fixed', `The node ${id} belongs to the server’s settings`, { data: { id } }),
  tokenMissing: (id: number): Fault =>
    new Fault('missing', 'ai.node-token-missing', `There is no node token ${id}`, { data: { id } }),
  noNode: (model: string): Fault =>
    new Fault('unavailable', 'ai.no-node', `No node that is online can do requests with ${model}`, { data: { model } }),
  nodeFailed: (id: string, why: string, cause?: unknown): Fault =>
    new Fault('unavailable', 'ai.node-failed', `The node ${id} failed: ${why}`, { data: { id, why }, cause }),
  nodeMissing: (id: string): Fault =>
    new Fault('missing', 'ai.node-missing', `There is no node ${id}`, { data: { id } }),
  manifest: (why: string): Fault =>
    new Fault('invalid', 'ai.manifest', `The manifest is not valid: ${why}`, { data: { why } }),
  importMissing: (folder: string): Fault =>
    new Fault('missing', 'ai.import-missing', `There is no folder ${folder} to import`, { data: { folder } }),
  installed: (id: string): Fault =>
    new Fault('conflict', 'ai.installed', `The model ${id} is installed already`, { data: { id } }),
  unreadable: (why: string, cause?: unknown): Fault =>
    new Fault('invalid', 'ai.audio-unreadable', `The sound cannot be read: ${why}`, { data: { why }, cause }),
  tooLong: (minutes: number, cause?: unknown): Fault =>
    new Fault('too-large', 'ai.audio-too-long', `The sound is longer than ${minutes} minutes`, {
      data: { minutes },
      cause,
    }),
  noPicture: (): Fault => new Fault('invalid', 'ai.no-picture', 'There is no moving picture in the file'),
  notPullable: (id: string): Fault =>
    new Fault('conflict', 'ai.not-pullable', `No address of ${id} is known: import it`, { data: { id } }),
  /** Another process works on the model's files. */
  occupied: (id: string): Fault =>
    new Fault('conflict', 'ai.occupied', `Another process works on the files of ${id}`, { data: { id } }),
  wrongBytes: (path: string): Fault =>
    new Fault('unavailable', 'ai.wrong-bytes', `${path} is not what its manifest says: another size or hash came`, {
      data: { path },
    }),
  diskFull: (need: number, free: number): Fault =>
    new Fault('unavailable', 'ai.disk-full', `It takes ${need} bytes and the disk has ${free}`, {
      data: { need, free },
    }),
  pullBroken: (id: string, why: string): Fault =>
    new Fault('unavailable', 'ai.pull-broken', `The download of ${id} was broken off: ${why}`, { data: { id, why } }),
  builtIn: (id: string): Fault => new Fault('conflict', 'ai.built-in', `${id} is built in`, { data: { id } }),
  archive: (why: string, cause?: unknown): Fault =>
    new Fault('invalid', 'ai.archive', `The archive cannot be taken: ${why}`, { data: { why }, cause }),
}
