/** The cache's key of the list of accounts. */
export const usersKey = ['admin', 'users'] as const
