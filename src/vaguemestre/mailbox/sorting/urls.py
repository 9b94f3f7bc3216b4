from django.urls import path

from vaguemestre.mailbox.sorting.views import absences, filters, import_export, junk, scripts

app_name = "sorting"
urlpatterns = [
    path("parametres/absence", absences.absence, name="absence"),
    path("parametres/absence/apercu", absences.preview, name="preview"),
    path("parametres/absence/remplir", absences.fill, name="fill"),
    path("parametres/absence/etat", absences.state, name="state"),
    path("parametres/absence/collegues", absences.colleagues, name="colleagues"),
    path("parametres/absence/terminer", absences.end, name="end"),
    path("parametres/filtres", filters.list_filters, name="filters"),
    path("parametres/filtres/etat", filters.state, name="filters-state"),
    path("parametres/filtres/place", scripts.script_warning, name="script-warning"),
    path("parametres/filtres/avancement", filters.progress, name="filters-progress"),
    path("parametres/filtres/ordre", filters.arrange, name="arrange-filters"),
    path("parametres/filtres/indesirables", junk.spam, name="spam"),
    path("parametres/filtres/expert", scripts.expert, name="expert"),
    path("parametres/filtres/expert/enregistrer", scripts.save_expert, name="save-expert"),
    path("parametres/filtres/export.<str:kind>", import_export.export, name="export-filters"),
    path("parametres/filtres/import", import_export.import_form, name="import"),
    path("parametres/filtres/import/lire", import_export.save_file, name="save-import"),
    path("parametres/filtres/import/garder", import_export.save_script, name="save-script"),
    path("parametres/filtres/nouveau", filters.new_filter, name="new-filter"),
    path("parametres/filtres/enregistrer", filters.save_filter, name="save-filter"),
    path("parametres/filtres/<int:filter_id>", filters.edit_filter, name="edit-filter"),
    path("parametres/filtres/<int:filter_id>/enregistrer", filters.save_filter, name="save-filter"),
    path("parametres/filtres/<int:filter_id>/<str:act>", filters.change_filter, name="change-filter"),
]
