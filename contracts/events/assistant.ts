/** What happens in conversations, for the account's other tabs and devices. */
export interface AssistantEvents {
  'assistant.conversation.changed': { accountId: number; conversationId: number }
  /** Whichever process writes its answer ends it. */
  'assistant.reply.stop-asked': { conversationId: number }
  'assistant.conversation.deleted': { accountId: number; conversationId: number }
}
