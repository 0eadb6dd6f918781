import { area, integer, optionalText, optionalUrl, text, url } from '#kernel/settings.ts'

/** Speech, sound and picture, and the models behind them. */
export const ai = area('AI', {
  sttUrl: optionalUrl({
    env: 'CONFAB_STT_URL',
    about:
      'Base URL of an OpenAI-compatible API that transcribes (`/audio/transcriptions`), e.g. `https://api.openai.com/v1` or `http://localhost:8001/v1`.',
  }),
  sttKey: optionalText({ env: 'CONFAB_STT_KEY', secret: true, about: 'API key for it, where it wants one.' }),
  sttModel: text({ env: 'CONFAB_STT_MODEL', default: 'whisper-1', about: 'The model it transcribes with.' }),
  sttSeconds: integer({
    env: 'CONFAB_STT_TIMEOUT',
    default: 600,
    min: 1,
    about: 'After how many seconds a transcription is given up.',
  }),
  idleSeconds: integer({
    env: 'CONFAB_AI_IDLE',
    default: 600,
    min: 1,
    about: 'After how many seconds without a request a model is unloaded.',
  }),
  mostWaiting: integer({
    env: 'CONFAB_AI_QUEUE',
    default: 16,
    min: 1,
    about: 'Requests one model works on or keeps waiting; more are answered 429.',
  }),
  modelMemoryMiB: integer({
    env: 'CONFAB_AI_MEMORY',
    default: 8192,
    min: 0,
    about:
      'Most memory the process of one model may take, in MiB, where the system can hold it to that (Linux); 0 for no bound.',
  }),
  threads: integer({
    env: 'CONFAB_AI_THREADS',
    default: 0,
    min: 0,
    about: 'Threads of one model; 0 takes up to four, and leaves one core to everything else.',
  }),
  audioMiB: integer({ env: 'CONFAB_AI_AUDIO_MAX', default: 512, min: 1, about: 'Largest sound file taken, in MiB.' }),
  audioMinutes: integer({
    env: 'CONFAB_AI_AUDIO_MINUTES',
    default: 240,
    min: 1,
    about: 'Longest sound taken, in minutes.',
  }),
  modelMiB: integer({
    env: 'CONFAB_AI_MODEL_MAX',
    default: 20_480,
    min: 1,
    about: 'Largest model that is downloaded or imported, in MiB.',
  }),
  modelStallSeconds: integer({
    env: 'CONFAB_AI_MODEL_STALL',
    default: 30,
    min: 1,
    about: 'A download of a model that brings nothing for so many seconds is connected anew.',
  }),
  huggingFaceUrl: url({
    env: 'CONFAB_HUGGINGFACE_URL',
    default: 'https://huggingface.co',
    about: 'Where models of Hugging Face are downloaded from: itself, or a mirror of it.',
  }),
  nodeServer: optionalUrl({
    env: 'CONFAB_NODE_SERVER',
    about:
      'With `--roles inference` alone: the address of the Confab this process is a node of, e.g. `http://10.0.0.2:8000`.',
  }),
  nodeToken: optionalText({
    env: 'CONFAB_NODE_TOKEN',
    secret: true,
    about: 'The token with which a node registers; an admin of that Confab makes it.',
  }),
  nodeName: optionalText({
    env: 'CONFAB_NODE_NAME',
    shownDefault: "the machine's name",
    about: 'The id of a node: letters, digits, `.`, `_`, `-`; one for each.',
  }),
  nodeUrl: optionalUrl({
    env: 'CONFAB_NODE_URL',
    shownDefault: 'the address it comes from, with its port',
    about: 'Where the server reaches this node, e.g. `https://gpu-1.example.com` behind a proxy.',
  }),
  fetchSeconds: integer({
    env: 'CONFAB_AI_FETCH_TIMEOUT',
    default: 60,
    min: 1,
    about: 'After how many seconds fetching an `audio_url` is given up.',
  }),
})
