import { byFolder } from './folder'

export const texts = byFolder(import.meta.glob('../../*/locale/ko.json', { eager: true, import: 'default' }))
