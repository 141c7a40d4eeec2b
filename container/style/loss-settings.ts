/** The settings of the loss J = α·J_content + β·J_style, Gatys et al. 2016, eq. 7. */
export interface LossSettings {
  /** α and β. Each term is relative: it is 1 for a picture that shares nothing with the content, or with the style. */
  contentWeight: number;
  styleWeight: number;
  contentLayer: string;
  /** The weight w_l of each style layer. The weights are divided by their sum. */
  styleLayers: Readonly<Record<string, number>>;
  /**
   * The statistics to match: the paper's Gram matrices (`gram`), Gram matrices of filters normalized as in the paper's
   * §2 (`normalizedGram`), or mean and covariance separately (`moments`).
   */
  statistics: "gram" | "normalizedGram" | "moments";
  /** The absolute weight of the roughness penalty; 0 if the recipe suppresses noise in another way. */
  smoothness: number;
}
