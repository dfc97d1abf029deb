import { useMutation, useQueryClient } from '@tanstack/react-query'

import { ask, client, type Schemas } from '../api/client'

export type User = Schemas['User']
export type Role = User['role']

/** The roles, the mightiest first. */
export const roles: Role[] = ['owner', 'editor', 'analyst', 'support']

/** Asks who logs in to the console. */
export const usersQuery = { queryKey: ['users'], queryFn: () => ask(client.GET('/v1/users')) }

/** What somebody is called: their e-mail where they have no name. */
export function calledUser(user: { name: string; email: string }): string {
  return user.name === '' ? user.email : user.name
}

export interface UserChange {
  id: string
  role?: Role
  disabled?: boolean
  mfa?: boolean
}

/** Returns what changes a user. */
export function useChangeUser() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ id, ...body }: UserChange) => ask(client.PATCH('/v1/users/{id}', { params: { path: { id } }, body })),
    onSettled: () => queries.invalidateQueries({ queryKey: usersQuery.queryKey }),
  })
}
