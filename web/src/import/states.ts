import type { Job } from './imports'

/** The colours of what became of imports; the word stands beside. */
export const stateColours: Record<Job['state'], string> = {
  waiting: 'gray',
  running: 'blue',
  done: 'petrol',
  failed: 'red',
  cancelled: 'gray',
  interrupted: 'orange',
}
