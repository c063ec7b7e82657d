"""The REST API: doors for programs, /api/v1/. Each view translates, calls one service, translates back.

A model of master data gets its addresses so:
1. `<app>/api/serializers/<subject>.py`: a ChangingSerializer with every field by name (fields.py reads them strictly), what
   is fixed after the first writing in `fixed_fields`, columns that a service speaks of by another name in `other_names`.
2. `<app>/api/views/<subject>.py`: a MasterViewSet with `master`, `serializer_class`, the console's FilterSet and `orderings`
   along columns that are never empty. Actions of its own name their right in `rights`, and themselves in `key_required`
   when a repeat would do harm.
3. `<app>/api/urls.py`: one line with the Router.
4. `tests/<app>/api/test_<subject>.py`: a MasterApiTests with three bodies; the forty tests are inherited.
5. `./bo manage check_openapi --write`.

A document has no MasterViewSet: a ListViewSet shows it, and each of its verbs is an action that calls its service.
"""
