"""What depends on several fields, merged once and not for every record that changes.

Odoo merges the trees of triggers of all fields that are written whenever a record is
created or changed. The trees are the same as long as the models are.
"""

from odoo.orm.registry import Registry, TriggerTree


def install():
    get_trigger_tree = Registry.get_trigger_tree

    def kept_get_trigger_tree(registry, fields, select=bool):
        triggers, trees = vars(registry).get("_waas_merged_triggers", (None, None))
        if triggers is not registry._field_triggers:
            trees = {}
            registry._waas_merged_triggers = registry._field_triggers, trees
        key = tuple(fields)
        if key not in trees:
            trees[key] = get_trigger_tree(registry, fields)
        return _choose(trees[key], select)

    Registry.get_trigger_tree = kept_get_trigger_tree


def _choose(tree, select):
    """The part of a tree that `TriggerTree.merge` would leave."""
    chosen = TriggerTree([field for field in tree.root if select(field)])
    for label, subtree in tree.items():
        if part := _choose(subtree, select):
            chosen[label] = part
    return chosen
