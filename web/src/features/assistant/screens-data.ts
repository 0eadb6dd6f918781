import type { ChatMessage, Conversation } from '#contracts/schemas/assistant.ts'

/** A conversation of the pretended server. */
export function conversation(
  id: number,
  title: string,
  updatedAt: string,
  more: Partial<Conversation> = {},
): Conversation {
  return { id, title, updatedAt, createdAt: updatedAt, pinned: false, model: null, systemPrompt: null, ...more }
}

/** A message of the pretended server. */
export function message(
  id: number,
  role: ChatMessage['role'],
  content: string,
  more: Partial<ChatMessage> = {},
): ChatMessage {
  const at = '2026-11-20T01:30:00.000Z'
  return {
    id,
    conversationId: 7,
    role,
    content,
    createdAt: at,
    updatedAt: at,
    status: 'complete',
    error: null,
    model: role === 'assistant' ? 'gemma-3-27b' : null,
    tokens: role === 'assistant' ? 1284 : 24,
    branches: [id],
    ...more,
  }
}

export const conversations: Conversation[] = [
  conversation(3, '團隊週報格式', '2026-11-12T03:00:00Z', { pinned: true }),
  conversation(7, '複利與每月定期定額的試算', '2026-11-20T01:40:00Z'),
  conversation(8, '會議室預約系統上線公告：給全公司的信', '2026-11-20T00:10:00Z'),
  conversation(9, 'TypeScript 泛型怎麼限制鍵值', '2026-11-19T06:00:00Z'),
  conversation(10, '台南三天兩夜', '2026-11-16T06:00:00Z'),
  conversation(
    11,
    'Why does PostgreSQL ignore my index when the planner thinks the table is small',
    '2026-11-15T06:00:00Z',
  ),
  conversation(12, '面試題目：後端工程師', '2026-10-28T06:00:00Z'),
  conversation(13, '把這段話翻成日文', '2026-09-02T06:00:00Z'),
]

const compound = `**複利**就是「利息也會再生利息」。本金 $P$、年利率 $r$、每年計息 $n$ 次，$t$ 年後的本利和是：

$$
A = P\\left(1 + \\frac{r}{n}\\right)^{nt}
$$

假設每月投入 10,000 元、年報酬 5%，結果大約如下：

| 年數 | 投入本金 | 期末金額 | 多出來的部分 |
| ---: | ---: | ---: | ---: |
| 5 | 600,000 | 680,061 | 80,061 |
| 10 | 1,200,000 | 1,552,823 | 352,823 |
| 20 | 2,400,000 | 4,110,337 | 1,710,337 |

想自己算的話，可以用這段程式：

\`\`\`ts
/** 每月定期定額的期末金額。 */
export function futureValue(monthly: number, rate: number, years: number): number {
  const r = rate / 12
  return monthly * (((1 + r) ** (years * 12) - 1) / r)
}

console.log(futureValue(10_000, 0.05, 20).toFixed(0)) // 4110337
\`\`\`

要注意的有三點：

1. 報酬率**不是固定的**，實際結果會上下波動。
2. 手續費與內扣費用會吃掉一部分報酬，見[主管機關的說明](https://example.com/fees)。
3. 通膨沒有算進去。
   - 保守一點可以用 3% 重算。

> 時間比金額重要：早五年開始，差距往往超過多投入的本金。`

export const good: ChatMessage[] = [
  message(70, 'user', '請用生活中的例子解釋「複利」，再列出計算公式，並試算每月一萬元。', { branches: [68, 70] }),
  message(71, 'assistant', compound),
]

export const ended: ChatMessage[] = [
  message(80, 'user', '幫我列出下週的採訪大綱'),
  message(81, 'assistant', '1. 開場與自我介紹\n2. 轉職的契機', { status: 'stopped', branches: [79, 81] }),
  message(82, 'user', '再具體一點'),
  message(83, 'assistant', '好的，以下是比較具體的版本：\n\n1. **開場**：從', { status: 'interrupted' }),
  message(84, 'user', '繼續'),
  message(85, 'assistant', '', { status: 'failed', error: 'assistant.provider-busy' }),
]
