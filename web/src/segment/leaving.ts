import { useBlocker } from '@tanstack/react-router'

/** Asks before one leaves what is not saved. */
export function useLeaving(unsaved: boolean) {
  const blocker = useBlocker({ shouldBlockFn: ({ current, next }) => unsaved && current.pathname !== next.pathname, enableBeforeUnload: unsaved, withResolver: true })
  return {
    asking: blocker.status === 'blocked',
    leave: () => blocker.proceed?.(),
    stay: () => blocker.reset?.(),
  }
}
