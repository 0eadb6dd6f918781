import { DomUtils } from 'htmlparser2'
import { isTag, isText } from 'domhandler'
import type { AnyNode, Document, Element } from 'domhandler'
import { revealEmail } from './article.ts'

/** Whether an element carries a class. */
export function hasClass(element: Element, name: string): boolean {
  return (element.attribs['class'] ?? '').split(/\s+/).includes(name)
}

/** Elements with one of some classes below `root`, in order. */
export function allByClass(root: Element | Document, ...names: readonly string[]): Element[] {
  return DomUtils.findAll((one) => names.some((name) => hasClass(one, name)), root.children)
}

export function firstByClass(root: Element | Document, name: string): Element | undefined {
  return DomUtils.findOne((one) => hasClass(one, name), root.children, true) ?? undefined
}

/** Elements by tag name below `root`, in order. */
export function allByTag(root: Element | Document, name: string): Element[] {
  return DomUtils.getElementsByTagName(name, root.children, true)
}

export function firstByTag(root: Element | Document, name: string): Element | undefined {
  return DomUtils.findOne((one) => one.name === name, root.children, true) ?? undefined
}

/** What people read in an element, hidden e-mail addresses included. */
export function textOf(node: AnyNode | undefined): string {
  if (node === undefined) return ''
  if (isTag(node)) {
    const hidden = node.attribs['data-cfemail']
    if (hidden !== undefined) return revealEmail(hidden)
    return node.children.map(textOf).join('')
  }
  return isText(node) ? node.data : ''
}
