"""The console pages of core, a list for each subject."""

from backoffice.core.ui.routes import companies, files, home, imports, operations, people, work

urlpatterns = [
    *home.urlpatterns,
    *companies.urlpatterns,
    *files.urlpatterns,
    *imports.urlpatterns,
    *operations.urlpatterns,
    *people.urlpatterns,
    *work.urlpatterns,
]
