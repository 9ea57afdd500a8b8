/** A panel beside the stage. */
export type PanelName = 'chat' | 'people'
/** How the stage is arranged. */
export type LayoutName = 'grid' | 'speaker'
