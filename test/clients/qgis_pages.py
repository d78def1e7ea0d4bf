"""Opens the project of the account as whoever PGUSER is, and prints its pages.

    python3 qgis_pages.py ADDRESS FOLDER

Then reads back what is on the pages: colours of the legend on the map, hatching where
something is missing, and figures in the labels of features."""
import os
import struct
import sys

os.environ.setdefault('QT_QPA_PLATFORM', 'offscreen')
from qgis.core import QgsApplication, QgsExpression, QgsLayoutExporter, QgsProject

address, folder = sys.argv[1:]
application = QgsApplication([], False)
application.initQgis()
project = QgsProject.instance()
assert project.read(address), project.error()
for layer in project.mapLayers().values():
    assert layer.isValid(), layer.name() + ': ' + layer.dataProvider().error().summary()
    assert layer.primaryKeyAttributes() == [0], layer.name()
assert project.crs().isValid()

for page in project.layoutManager().printLayouts():
    settings = QgsLayoutExporter.ImageExportSettings()
    settings.dpi = 100
    layer = page.itemById('map').layers()[0]
    name = layer.id().replace('terrcarbon_', '')
    path = os.path.join(folder, f'{name}-{os.environ["PGUSER"]}.png')
    exporter = QgsLayoutExporter(page)
    assert exporter.exportToImage(path, settings) == QgsLayoutExporter.Success, exporter.errorFile()
    # What the classes say, and whether their colours are there.
    image = exporter.renderPageToImage(0, dpi=100)
    pixels = {}
    for x in range(45, 770, 3):
        for y in range(112, 720, 3):
            pixels[image.pixel(x, y)] = pixels.get(image.pixel(x, y), 0) + 1
    drawn = 0
    for rule in layer.renderer().rootRule().children():
        symbol = rule.symbol()
        if symbol is None:
            continue
        wanted = QgsExpression(rule.filterExpression())
        assert not wanted.hasParserError(), rule.filterExpression()
        features = sum(1 for feature in layer.getFeatures(rule.filterExpression()))
        seen = pixels.get(symbol.color().rgb(), 0)
        print(f'page {name} {rule.label()} = {features}')
        if features and symbol.symbolLayer(0).layerType() == 'SimpleFill':
            assert seen, f'{name}: no {symbol.color().name()} for {rule.label()}'
            drawn += 1
        # Nearly white is the paper too.
        if name != 'wetland' and not features and symbol.color().lightness() < 240 and symbol.symbolLayer(0).layerType() == 'SimpleFill':
            assert not seen, f'{name}: {symbol.color().name()} without a feature of {rule.label()}'
    assert drawn or not layer.featureCount(), name

# Figures as the client holds them.
layer = project.mapLayer('terrcarbon_per_inhabitant')
for feature in sorted(layer.getFeatures(), key=lambda f: f['territory_code']):
    value = feature['emissions']
    print(f'qgis {feature["territory_code"]} emissions =', struct.pack('>d', value).hex() if isinstance(value, float) else 'NULL')
application.exitQgis()
