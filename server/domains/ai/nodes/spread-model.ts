import type { Loadable, LocalModel } from '../ports.ts'
import type { Spread } from './spread.ts'
import type { Task, Work } from './work.ts'

/** A model whose requests go to this machine or to a node that has it too; loading and freeing are this machine's. */
export function spreadModel(id: string, local: LocalModel, spread: Spread): LocalModel {
  const ask = async (
    task: Task,
    { input, output, signal }: { input: string; output?: string; signal: AbortSignal },
    run: () => Promise<unknown>,
  ) =>
    await spread.run(
      id,
      { task, input, output, signal },
      {
        get active() {
          return local.active
        },
        run,
      },
    )
  const asking: Omit<LocalModel, keyof Loadable> = {
    denoise: async (work) =>
      (await ask({ do: 'denoise', level: work.level }, work, () => local.denoise(work))) as Awaited<
        ReturnType<LocalModel['denoise']>
      >,
    classify: async (work) =>
      (await ask({ do: 'classify' }, work, () => local.classify(work))) as Awaited<ReturnType<LocalModel['classify']>>,
    findSpeech: async (work) =>
      (await ask({ do: 'find-speech', mostSeconds: work.mostSeconds }, work, () => local.findSpeech(work))) as Awaited<
        ReturnType<LocalModel['findSpeech']>
      >,
    recognise: async (work) => {
      const { spans, language } = work
      const task: Task = { do: 'recognise', spans: [...spans], ...(language !== undefined && { language }) }
      return (await ask(task, work, () => local.recognise(work))) as Awaited<ReturnType<LocalModel['recognise']>>
    },
    enlarge: async (work) => {
      const task: Task = { do: 'enlarge', width: work.width, height: work.height }
      return (await ask(task, work, () => local.enlarge(work))) as Awaited<ReturnType<LocalModel['enlarge']>>
    },
  }
  // How it stands, and loading and freeing it, are the local one's own.
  return Object.assign(Object.create(local) as Loadable, asking)
}

/** What a node does with a task, by its own model. */
export async function runHere(model: LocalModel, { task, input, output = '', signal }: Work): Promise<unknown> {
  switch (task.do) {
    case 'denoise':
      return await model.denoise({ input, output, level: task.level, signal })
    case 'classify':
      return await model.classify({ input, signal })
    case 'find-speech':
      return await model.findSpeech({ input, mostSeconds: task.mostSeconds, signal })
    case 'recognise':
      return await model.recognise({ input, spans: task.spans, language: task.language, signal })
    case 'enlarge':
      return await model.enlarge({ input, output, width: task.width, height: task.height, signal })
  }
}
