import { readdirSync, readFileSync } from 'node:fs'

/** The processes of this machine whose command line or working directory names `text`, ours excepted. */
export function processesNaming(text: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid && names(pid, text))
}

function names(pid: number, text: string): boolean {
  try {
    return (
      readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text) ||
      readFileSync(`/proc/${pid}/environ`, 'utf8').includes(text)
    )
  } catch {
    // It ended while we looked, or is another user's: then it is none that we started.
    return false
  }
}

/** A process with all those it started, and those they started. */
export function processTree(root: number): number[] {
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
      // The command in parentheses may contain anything; what follows it is state and parent.
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]))
    } catch {
      // It ended while we looked.
    }
  }
  const tree = [root]
  for (const pid of tree) {
    for (const [child, parent] of parents) if (parent === pid) tree.push(child)
  }
  return tree
}
