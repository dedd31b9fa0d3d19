/** What a file or folder may import. */
export interface Layer {
  /** The files and folders whose values it may use, besides its own and the leaves. */
  readonly imports?: readonly string[];
  /** More files and folders, whose types it may import. */
  readonly types?: readonly string[];
  readonly builtins?: readonly string[];
  readonly usesNoLeaves?: true;
}
