/** What happens in conversations, for the account's other tabs and devices. */
export interface AssistantEvents {
  'assistant.conversation.changed': { accountId: number; conversationId: number }
  'assistant.conversation.deleted': { accountId: number; conversationId: number }
}
