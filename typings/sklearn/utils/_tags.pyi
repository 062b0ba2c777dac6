class InputTags:
    one_d_array: bool
    two_d_array: bool
    three_d_array: bool
    sparse: bool
    string: bool
    positive_only: bool
    allow_nan: bool

class TargetTags:
    required: bool
    one_d_labels: bool
    two_d_labels: bool
    multi_output: bool
    single_output: bool

class TransformerTags:
    preserves_dtype: list[str]

class ClassifierTags:
    poor_score: bool
    multi_class: bool
    multi_label: bool

class RegressorTags:
    poor_score: bool

class Tags:
    target_tags: TargetTags
    # None in an estimator of another kind; ours set only those of their own.
    transformer_tags: TransformerTags
    classifier_tags: ClassifierTags
    regressor_tags: RegressorTags
    non_deterministic: bool
    requires_fit: bool
    input_tags: InputTags

def get_tags(estimator: object) -> Tags: ...
