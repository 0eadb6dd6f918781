/**
 * Whether a key sends: Enter alone, and not the Enter that ends a composition. Safari ends the composition before it tells
 * of the key, and marks the key by its old code.
 */
export function isSendKey(
  event: Pick<KeyboardEvent, 'key' | 'shiftKey' | 'altKey' | 'isComposing' | 'keyCode'>,
): boolean {
  return event.key === 'Enter' && !event.shiftKey && !event.altKey && !event.isComposing && event.keyCode !== 229
}
