import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { axeFindings } from './support/axe.ts'
import { gatherCrew } from './support/crew.ts'
import type { Crew } from './support/crew.ts'
import { cuttable, goIn, holdDevices, inside, moves, received, settled, tile, until } from './support/room.ts'

// Two and three real browsers in meetings of a real server, through its own SFU.

let crew: Crew

const [HOST, GUEST, LATE] = [0, 1, 2] as const

beforeAll(async () => {
  crew = await gatherCrew(3)
})

afterAll(() => crew?.close())

afterEach(async () => {
  expect(await crew.disperse()).toEqual([])
})

describe('a meeting in two browsers', () => {
  test('made on the page, joined by its number: both see and hear each other', async () => {
    const [host, guest] = [crew.page(HOST), crew.page(GUEST)]
    await host.goto(`${crew.server.url}/meetings`)
    await host.getByRole('button', { name: 'Start now' }).first().click()
    await host.locator('button[type=submit]').click()
    await inside(host)
    const id = /\/meetings\/(\d+)\/room/.exec(host.url())?.[1] ?? ''

    await guest.goto(`${crew.server.url}/meetings?join=1`)
    await guest.getByLabel('Meeting link or number').fill(id)
    await guest.getByRole('button', { name: 'Go to the meeting' }).click()
    await guest.locator('button[type=submit]', { hasText: 'Join' }).click()
    await inside(guest)

    expect(await moves(host, crew.person(GUEST).userId)).toMatchObject({
      width: expect.toSatisfy((width: number) => width > 0),
    })
    expect((await moves(guest, crew.person(HOST).userId)).width).toBeGreaterThan(0)
    for (const page of [host, guest]) {
      const before = await received(page)
      await until(
        () => received(page),
        (now) => now.framesDecoded > before.framesDecoded + 10 && now.audioEnergy > before.audioEnergy,
      )
    }
  })

  test('a mute and a camera that is off show on the other side, and come back', async () => {
    await crew.gathered(2)
    const [host, guest] = [crew.page(HOST), crew.page(GUEST)]
    const there = tile(host, crew.person(GUEST).userId)
    await moves(host, crew.person(GUEST).userId)
    await guest.keyboard.press('m')
    await there.getByRole('img', { name: 'Muted' }).waitFor()
    await guest.keyboard.press('v')
    await there.locator('video').waitFor({ state: 'detached' })
    // The device itself is let go, so that its light goes out.
    await guest.getByRole('button', { name: 'Start camera' }).click()
    await guest.keyboard.press('m')
    await moves(host, crew.person(GUEST).userId)
    await there.getByRole('img', { name: 'Microphone on' }).waitFor()
  })

  test('chat arrives, is counted while unread, and is kept', async () => {
    await crew.gathered(2)
    const [host, guest] = [crew.page(HOST), crew.page(GUEST)]
    await guest.keyboard.press('c')
    // Whoever opens the chat can write at once, and what is written is no shortcut.
    await expect.poll(() => guest.getByLabel('Message').evaluate((box) => box.matches(':focus'))).toBe(true)
    await guest.keyboard.insertText('看得到我的畫面嗎？ https://example.com/plan')
    expect(await guest.getByLabel('Message').inputValue()).toBe('看得到我的畫面嗎？ https://example.com/plan')
    await guest.keyboard.press('Enter')
    await host.getByRole('button', { name: 'Chat, 1 new message' }).click()
    await host.getByRole('log').getByRole('link', { name: 'https://example.com/plan' }).waitFor()
    await guest.reload()
    await inside(guest)
    await guest.keyboard.press('c')
    await guest.getByRole('log').getByText('看得到我的畫面嗎？').waitFor()
  })

  test('a shared screen stands large beside the people, and goes', async () => {
    await crew.gathered(2)
    const [host, guest] = [crew.page(HOST), crew.page(GUEST)]
    await host.keyboard.press('s')
    const { width } = await moves(guest, crew.person(HOST).userId, 'screen', 2)
    expect(width).toBeGreaterThan(0)
    const screen = await settled(tile(guest, crew.person(HOST).userId, 'screen'))
    const face = await settled(tile(guest, crew.person(HOST).userId))
    expect(screen.width).toBeGreaterThan(face.width * 2)
    await host.keyboard.press('s')
    await tile(guest, crew.person(HOST).userId, 'screen').waitFor({ state: 'detached' })
  })

  test('a hand and a reaction are seen', async () => {
    await crew.gathered(2)
    const [host, guest] = [crew.page(HOST), crew.page(GUEST)]
    await guest.keyboard.press('h')
    await tile(host, crew.person(GUEST).userId).getByRole('img', { name: 'Hand raised' }).waitFor()
    await guest.getByRole('button', { name: 'React', exact: true }).click()
    await guest.getByRole('button', { name: 'React with 👏' }).click()
    await host.getByText('👏').first().waitFor()
  })

  test('how well each is connected is shown, as the server measures it', async () => {
    await crew.gathered(2)
    for (const page of [crew.page(HOST), crew.page(GUEST)]) {
      await page.keyboard.press('p')
      const people = page.getByRole('list', { name: 'In the meeting' })
      await until(
        () => people.getByRole('img', { name: /(Good|Fair|Poor) connection · .* round trip · .* lost/ }).count(),
        (count) => count === 2,
      )
    }
  })
})

describe('coming and going', () => {
  test('somebody who comes late sees what is there; whoever leaves is gone at once', async () => {
    const id = await crew.gathered(2)
    const late = crew.page(LATE)
    await goIn(late, crew.server.url, id)
    await moves(late, crew.person(HOST).userId)
    await moves(late, crew.person(GUEST).userId)
    await moves(crew.page(HOST), crew.person(LATE).userId)
    await crew.page(GUEST).getByRole('button', { name: 'Leave' }).click()
    await crew.page(GUEST).getByRole('heading', { name: 'You left the meeting' }).waitFor()
    await tile(late, crew.person(GUEST).userId).waitFor({ state: 'detached', timeout: 10_000 })
    await moves(late, crew.person(HOST).userId)
  })

  test('a reload leads straight back in, with the hand still up and the same role', async () => {
    await crew.gathered(2)
    const [host, guest] = [crew.page(HOST), crew.page(GUEST)]
    await host.keyboard.press('h')
    await tile(guest, crew.person(HOST).userId).getByRole('img', { name: 'Hand raised' }).waitFor()
    await host.reload()
    await inside(host)
    await moves(guest, crew.person(HOST).userId)
    await moves(host, crew.person(GUEST).userId)
    await host.getByRole('button', { name: 'Lower hand' }).waitFor()
    await host.keyboard.press('p')
    await host.getByRole('button', { name: 'Mute all' }).waitFor()
    await expect.poll(() => guest.locator('section[data-kind=person]').count()).toBe(2)
  })

  test('a lost socket is said, comes back by itself, and what was written meanwhile is read', async () => {
    const id = await crew.meeting()
    const [host, guest] = [crew.page(HOST), await crew.tab(GUEST)]
    const line = await cuttable(guest)
    await goIn(host, crew.server.url, id)
    await goIn(guest, crew.server.url, id)
    await moves(guest, crew.person(HOST).userId)
    line.cut()
    await guest.getByText('Reconnecting…').waitFor()
    // Media needs no socket.
    await moves(guest, crew.person(HOST).userId)
    await host.keyboard.press('c')
    await host.getByLabel('Message').fill('你那邊還好嗎？')
    await host.keyboard.press('Enter')
    line.mend()
    await guest.getByText('Reconnecting…').waitFor({ state: 'detached' })
    await guest.getByRole('button', { name: 'Chat, 1 new message' }).waitFor()
    await moves(host, crew.person(GUEST).userId)
  })

  test('who is unmuted while the socket is away is heard when it is back', async () => {
    const id = await crew.meeting()
    const [host, guest] = [crew.page(HOST), await crew.tab(GUEST)]
    const line = await cuttable(guest)
    await goIn(host, crew.server.url, id)
    await goIn(guest, crew.server.url, id)
    const there = tile(host, crew.person(GUEST).userId)
    await guest.getByRole('button', { name: 'Mute', exact: true }).click()
    await there.getByRole('img', { name: 'Muted' }).waitFor()
    line.cut()
    await guest.getByText('Reconnecting…').waitFor()
    await guest.getByRole('button', { name: 'Unmute' }).click()
    await guest.getByRole('button', { name: 'Mute', exact: true }).waitFor()
    line.mend()
    await guest.getByText('Reconnecting…').waitFor({ state: 'detached' })
    await there.getByRole('img', { name: 'Microphone on' }).waitFor()
    await guest.getByRole('button', { name: 'Mute', exact: true }).waitFor()
  })

  test('the meeting goes on in the corner while one looks at other parts', async () => {
    await crew.gathered(2)
    const host = crew.page(HOST)
    const before = await received(host)
    await host.getByRole('link', { name: 'Keep in the corner and look elsewhere' }).click()
    const corner = host.getByRole('region', { name: 'The meeting you are in' })
    await corner.waitFor()
    await until(
      () => received(host),
      (now) => now.audioEnergy > before.audioEnergy,
    )
    await corner.getByRole('link', { name: 'Return to the meeting' }).click()
    await moves(host, crew.person(GUEST).userId)
  })
})

describe('for everybody', () => {
  test('axe finds nothing before, in and after a meeting', async () => {
    const id = await crew.meeting()
    const [host, guest] = [crew.page(HOST), crew.page(GUEST)]
    await host.goto(`${crew.server.url}/meetings/${id}/room`)
    await host.locator('button[type=submit]').waitFor()
    expect(await axeFindings(host)).toEqual([])
    await goIn(host, crew.server.url, id)
    await goIn(guest, crew.server.url, id)
    await moves(host, crew.person(GUEST).userId)
    expect(await axeFindings(host)).toEqual([])
    await host.keyboard.press('p')
    await host.getByRole('button', { name: 'Mute all' }).waitFor()
    expect(await axeFindings(host)).toEqual([])
    await host.keyboard.press('c')
    await host.getByLabel('Message').fill('好')
    await host.keyboard.press('Enter')
    expect(await axeFindings(host)).toEqual([])
    await guest.getByRole('button', { name: 'Leave' }).click()
    await guest.getByRole('heading', { name: 'You left the meeting' }).waitFor()
    expect(await axeFindings(guest)).toEqual([])
  })
})

describe('who may come in, and stay', () => {
  test('before the door one waits until the host lets one in', async () => {
    const id = await crew.meeting({ settings: { enable_waiting_room: true } })
    const [host, guest] = [crew.page(HOST), crew.page(GUEST)]
    await goIn(host, crew.server.url, id)
    await guest.goto(`${crew.server.url}/meetings/${id}/room`)
    await guest.getByRole('button', { name: 'Ask to join' }).click()
    await guest.getByText('Waiting to be let in').waitFor()
    await host.keyboard.press('p')
    await host.getByRole('button', { name: `Let in ${crew.person(GUEST).nickname}` }).click()
    await inside(guest)
    await moves(host, crew.person(GUEST).userId)
  })

  test.each([
    ['while one waits before the door', { enable_waiting_room: true }],
    ['between asking to come in and the answer', {}],
    ['after one came in', {}],
  ])('camera and microphone that start only %s are on', async (when, settings) => {
    const id = await crew.meeting({ settings })
    const host = crew.page(HOST)
    // A tab of its own: what is held and routed here ends with it.
    const guest = await crew.tab(GUEST)
    await goIn(host, crew.server.url, id)
    await guest.goto(`${crew.server.url}/docs`)
    const startDevices = await holdDevices(guest)
    if (when.startsWith('between')) {
      // The answer is kept back until the devices run.
      await guest.routeWebSocket(/\/ws\/signaling/, (socket) => {
        let passed: Promise<unknown> = Promise.resolve()
        const server = socket.connectToServer()
        server.onMessage((frame) => {
          if (String(frame).startsWith('{"type":"join"')) passed = passed.then(startDevices)
          passed = passed.then(() => socket.send(frame))
        })
      })
    }
    await guest.goto(`${crew.server.url}/meetings/${id}/room`)
    await guest.locator('button[type=submit]').click()
    if (when.startsWith('while')) {
      await guest.getByText('Waiting to be let in').waitFor()
      await startDevices()
      await host.keyboard.press('p')
      await host.getByRole('button', { name: `Let in ${crew.person(GUEST).nickname}` }).click()
    }
    await inside(guest)
    if (when.startsWith('after')) await startDevices()
    await moves(host, crew.person(GUEST).userId)
    await tile(host, crew.person(GUEST).userId).getByRole('img', { name: 'Microphone on' }).waitFor()
    await guest.getByRole('button', { name: 'Mute', exact: true }).waitFor()
    await guest.getByRole('button', { name: 'Stop camera' }).waitFor()
  })

  test('no camera is asked for where nobody is seen, and nothing where there is no meeting', async () => {
    const guest = await crew.tab(GUEST)
    await guest.addInitScript({
      content: `
        globalThis.askedFor = []
        const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices)
        navigator.mediaDevices.getUserMedia = (wish) => (globalThis.askedFor.push(Object.keys(wish)), ask(wish))`,
    })
    const askedFor = () => guest.evaluate('globalThis.askedFor')
    const id = await crew.meeting({ meeting_type: 'audio' })
    await guest.goto(`${crew.server.url}/meetings/${id}/room`)
    await expect.poll(askedFor).toEqual([['audio']])
    await guest.goto(`${crew.server.url}/meetings/${id + 1_000}/room`)
    await guest.getByText('This meeting could not be found').waitFor()
    expect(await askedFor()).toEqual([])
  })

  test('who is muted in the instant in which their camera starts keeps the camera', async () => {
    const id = await crew.meeting()
    const [host, guest] = [crew.page(HOST), await crew.tab(GUEST)]
    const { userId, nickname } = crew.person(GUEST)
    // What the guest says is kept back until they are muted.
    const late: (() => void)[] = []
    let isHeld = false
    await guest.routeWebSocket(/\/ws\/signaling/, (socket) => {
      const server = socket.connectToServer()
      socket.onMessage((frame) => {
        if (isHeld) late.push(() => server.send(frame))
        else server.send(frame)
      })
    })
    await goIn(host, crew.server.url, id)
    await goIn(guest, crew.server.url, id)
    await moves(host, userId)
    await guest.getByRole('button', { name: 'Stop camera' }).click()
    await tile(host, userId).locator('video').waitFor({ state: 'detached' })
    isHeld = true
    await guest.getByRole('button', { name: 'Start camera' }).click()
    await expect.poll(() => late.length).toBeGreaterThan(0)
    await host.keyboard.press('p')
    await host
      .getByRole('complementary')
      .getByRole('button', { name: `Actions for ${nickname}` })
      .click()
    await host.getByRole('menuitem', { name: 'Mute' }).click()
    await guest.getByRole('button', { name: 'Unmute' }).waitFor()
    isHeld = false
    for (const send of late) send()
    await moves(host, userId)
    await guest.getByRole('button', { name: 'Stop camera' }).waitFor()
    await tile(host, userId).getByRole('img', { name: 'Muted' }).waitFor()
  })

  test('a meeting that mutes who comes in mutes a microphone that starts only afterwards', async () => {
    const id = await crew.meeting({ settings: { mute_on_join: true } })
    const guest = await crew.tab(GUEST)
    await goIn(crew.page(HOST), crew.server.url, id)
    await guest.goto(`${crew.server.url}/docs`)
    const startDevices = await holdDevices(guest)
    await goIn(guest, crew.server.url, id)
    await startDevices()
    await moves(crew.page(HOST), crew.person(GUEST).userId)
    await guest.getByRole('button', { name: 'Unmute' }).waitFor()
    await tile(crew.page(HOST), crew.person(GUEST).userId).getByRole('img', { name: 'Muted' }).waitFor()
  })

  test('a wrong password is said, the right one lets in', async () => {
    const id = await crew.meeting({ password: 'q4-plan' })
    const [host, guest] = [crew.page(HOST), crew.page(GUEST)]
    await goIn(host, crew.server.url, id)
    await guest.goto(`${crew.server.url}/meetings/${id}/room`)
    await guest.getByLabel('Meeting password').fill('q3-plan')
    await guest.locator('button[type=submit]').click()
    await guest.getByText('That is not the password').waitFor()
    await guest.getByLabel('Meeting password').fill('q4-plan')
    await guest.locator('button[type=submit]').click()
    await inside(guest)
  })

  test('a host mutes somebody, who is told; takes them out; ends the meeting', async () => {
    const id = await crew.gathered(2)
    const [host, guest] = [crew.page(HOST), crew.page(GUEST)]
    const { nickname } = crew.person(GUEST)
    await goIn(crew.page(LATE), crew.server.url, id)
    await host.keyboard.press('p')
    const menu = host.getByRole('complementary').getByRole('button', { name: `Actions for ${nickname}` })
    await menu.click()
    await host.getByRole('menuitem', { name: 'Mute' }).click()
    await guest.getByText('林怡君 muted you').first().waitFor()
    await guest.getByRole('button', { name: 'Unmute' }).waitFor()
    await menu.click()
    await host.getByRole('menuitem', { name: 'Remove from meeting' }).click()
    await host.getByRole('button', { name: 'Remove from meeting' }).click()
    await guest.getByRole('heading', { name: 'You were removed' }).waitFor()
    await host.getByRole('button', { name: 'Leave' }).click()
    await host.getByRole('menuitem', { name: 'End for everybody' }).click()
    await host.getByRole('button', { name: 'End for everybody' }).click()
    await crew.page(LATE).getByRole('heading', { name: 'The meeting is over' }).waitFor()
  })
})
