"""What the Python clients share: the queries, and how a value is printed."""
import datetime
import decimal
import struct


def queries():
    for line in open('test/clients/queries.txt', encoding='utf-8'):
        yield line.rstrip('\n').split('|', 2)


def text(value):
    if value is None:
        return 'NULL'
    if isinstance(value, bool):
        return 't' if value else 'f'
    if isinstance(value, float):
        return struct.pack('>d', value).hex()
    if isinstance(value, decimal.Decimal):
        raise TypeError('a figure came as numeric')
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value)


def show(name, columns, rows):
    for column, title in enumerate(columns):
        for place, row in enumerate(rows):
            print(f'{name} {place} {title} = {text(row[column])}')
